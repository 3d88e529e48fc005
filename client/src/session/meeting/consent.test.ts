import { beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { ben, KEY, MemoryVisit, RECORDING } from '../testing/memory-visit.ts';
import { settled } from '../testing/settled.ts';

let visit: MemoryVisit;
beforeEach(() => {
  visit = new MemoryVisit();
});

describe('[D10] a meeting that is being recorded', () => {
  beforeEach(() => {
    visit.server.recording = { status: 'recording', recordingId: RECORDING, elapsedMs: 5000 };
    visit.server.people = [ben];
    visit.preferences.name = 'Ada';
  });

  test('asks before joining, and joins with the answer', async () => {
    await visit.arrive();
    await visit.session.join('Ada');
    await settled();
    expect(visit.now.phase).toEqual({ name: 'asking' });
    expect(visit.server.names()).toEqual(['hello', 'join']);
    await visit.session.answerConsent('declined');
    await settled();
    expect(visit.server.params('join').at(-1)).toMatchObject({ consent: 'declined', personKey: KEY });
    expect(visit.now).toMatchObject({ phase: { name: 'joined' }, consent: 'declined' });
  });

  test('asks its host, too', async () => {
    visit.server.role = 'host';
    visit.preferences.name = 'Ada';
    await visit.arrive();
    await visit.session.join('Ada');
    await settled();
    expect(visit.now.phase).toEqual({ name: 'asking' });
    await visit.session.answerConsent('accepted');
    await settled();
    expect(visit.now).toMatchObject({ phase: { name: 'joined' }, consent: 'accepted' });
  });

  test('goes back to the lobby from the question', async () => {
    await visit.arrive();
    await visit.session.join('Ada');
    visit.session.cancelJoin();
    expect(visit.now.phase).toEqual({ name: 'lobby' });
    expect(visit.now.self?.name).toBe('Ada');
    expect(visit.server.params('join')).toHaveLength(1);
  });

  test('asks when the server says so first', async () => {
    visit.server.recording = { status: 'off' };
    visit.server.failures.join = [new Fault('consent-needed')];
    await visit.arrive();
    await visit.session.join('Ada');
    await settled();
    expect(visit.now.phase).toEqual({ name: 'asking' });
  });

  test('lets one in when it ends while they are asked', async () => {
    await visit.arrive();
    await visit.session.join('Ada');
    visit.server.recording = { status: 'off' };
    visit.server.tell('recordingChanged', { recording: { status: 'off' } });
    await settled();
    expect(visit.now.phase).toEqual({ name: 'joined' });
  });

  test('counts its time on this page’s clock', async () => {
    await visit.arrive();
    expect(visit.now.recording).toEqual({
      status: 'recording',
      recordingId: RECORDING,
      sinceMs: visit.clock.nowMs() - 5000,
    });
  });

  test('asks who was in already when they are back, and never agrees for them', async () => {
    await visit.arrive();
    await visit.session.join('Ada');
    await visit.session.answerConsent('accepted');
    await settled();
    visit.server.lose();
    visit.server.connect();
    await settled();
    const consents = visit.server.params('join').map((params) => (params as { consent?: string }).consent);
    expect(consents).toEqual([undefined, 'accepted', undefined, 'pending']);
    expect(visit.now).toMatchObject({ phase: { name: 'joined' }, consent: 'pending' });
  });

  test('a “no” is said again to whatever server there is, in whatever window, until there is a “yes”', async () => {
    await visit.arrive();
    await visit.session.join('Ada');
    await visit.session.answerConsent('declined');
    await settled();
    const open = async () => {
      visit.session = visit.make('weekly');
      await visit.arrive();
      await visit.session.join('Ada');
      await settled();
      return visit.now;
    };
    expect(await open()).toMatchObject({ phase: { name: 'joined' }, consent: 'declined' });
    await visit.session.answerConsent('accepted');
    expect(await open()).toMatchObject({ phase: { name: 'asking' } });
  });

  test('a “no” is about one recording', async () => {
    await visit.arrive();
    await visit.session.join('Ada');
    await visit.session.answerConsent('declined');
    await settled();
    const recordingId = '20261123T020000000Z-bcdefghi';
    visit.server.recording = { status: 'recording', recordingId, elapsedMs: 0 };
    visit.session = visit.make('weekly');
    await visit.arrive();
    await visit.session.join('Ada');
    await settled();
    expect(visit.now.phase).toEqual({ name: 'asking' });
  });
});

describe('in the meeting', () => {
  test('the dialog opens with the notice, and closes with the answer', async () => {
    await visit.beIn();
    visit.server.tell('recordingChanged', { recording: { status: 'starting', recordingId: RECORDING } });
    visit.server.tell('consentChanged', { consent: 'pending' });
    expect(visit.now.consent).toBe('pending');
    await visit.session.answerConsent('accepted');
    expect(visit.now.consent).toBe('accepted');
    expect(visit.server.params('answerConsent')).toEqual([{ answer: 'accepted' }]);
  });

  test('an answer that did not arrive is asked for again', async () => {
    await visit.beIn();
    visit.server.tell('consentChanged', { consent: 'pending' });
    visit.server.failures.answerConsent = [new Fault('timeout')];
    await visit.session.answerConsent('accepted');
    expect(visit.now.consent).toBe('pending');
    expect(visit.now.messages).toMatchObject([{ kind: 'fault', error: { code: 'timeout' } }]);
  });

  test('withdrawing says whether to erase', async () => {
    await visit.beIn();
    await visit.session.withdraw(true);
    expect(visit.server.params('answerConsent')).toEqual([{ answer: 'withdrawn', erase: true }]);
    expect(visit.now.consent).toBe('withdrawn');
  });

  test('an erasure that nobody has acknowledged is asked for again, in another window, too', async () => {
    await visit.beIn();
    visit.server.recording = { status: 'recording', recordingId: RECORDING, elapsedMs: 0 };
    visit.server.tell('recordingChanged', { recording: visit.server.recording });
    visit.server.failures.answerConsent = [new Fault('timeout'), new Fault('erasure-pending')];
    await visit.session.withdraw(true);
    expect(visit.now.messages).toMatchObject([{ kind: 'fault', error: { code: 'timeout' } }]);
    const again = { answer: 'withdrawn', erase: true };
    for (const times of [2, 3, 3]) {
      visit.session = visit.make('weekly');
      await visit.arrive();
      await visit.session.join('Ada');
      await settled();
      expect(visit.server.params('answerConsent')).toEqual(Array(times).fill(again));
      expect(visit.server.params('join').at(-1)).toMatchObject({ consent: 'declined' });
    }
  });

  test('an erasure that a server did not live to tell of is asked for when its successor takes the recording up', async () => {
    await visit.beIn();
    const recording = { status: 'recording', recordingId: RECORDING, elapsedMs: 0 } as const;
    visit.server.tell('recordingChanged', { recording });
    visit.server.failures.answerConsent = [new Fault('timeout')];
    await visit.session.withdraw(true);
    // In a server that knows of no recording yet: its recorder is not there.
    visit.server.recording = { status: 'off' };
    visit.server.tell('recordingChanged', { recording: { status: 'off' } });
    await settled();
    expect(visit.server.params('answerConsent')).toHaveLength(1);
    visit.server.tell('recordingChanged', { recording: { status: 'lost', recordingId: RECORDING } });
    visit.server.tell('consentChanged', { consent: 'accepted' });
    await settled();
    expect(visit.server.params('answerConsent')).toEqual(Array(2).fill({ answer: 'withdrawn', erase: true }));
    expect(visit.now.consent).toBe('withdrawn');
  });
});
