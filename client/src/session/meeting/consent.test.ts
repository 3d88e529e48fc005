import { beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../../../protocol/errors.ts';
import { ben, MemoryVisit, RECORDING } from '../fixtures/memory-visit.ts';
import { settled } from '../fixtures/settled.ts';

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
    expect(visit.server.names()).toEqual(['hello']);
    await visit.session.answerConsent('declined');
    await settled();
    expect(visit.server.params('join')).toMatchObject([{ consent: 'declined' }]);
    expect(visit.now).toMatchObject({ phase: { name: 'joined' }, consent: 'declined' });
  });

  test('does not ask its host', async () => {
    visit.server.role = 'host';
    await visit.beIn();
    expect(visit.server.params('join')[0]).not.toHaveProperty('consent');
  });

  test('goes back to the lobby from the question', async () => {
    await visit.arrive();
    await visit.session.join('Ada');
    visit.session.cancelJoin();
    expect(visit.now.phase).toEqual({ name: 'lobby' });
    expect(visit.server.names()).not.toContain('join');
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

  test('remembers the answer through a lost connection, for this recording alone', async () => {
    await visit.arrive();
    await visit.session.join('Ada');
    await visit.session.answerConsent('accepted');
    await settled();
    visit.server.lose();
    visit.server.connect();
    await settled();
    expect(visit.server.params('join').at(-1)).toMatchObject({ consent: 'accepted' });
    visit.server.lose();
    visit.server.recording = {
      status: 'recording',
      recordingId: '20261123T020000000Z-bcdefghi',
      elapsedMs: 0,
    };
    visit.server.connect();
    await settled();
    expect(visit.server.params('join').at(-1)).toMatchObject({ consent: 'declined' });
    expect(visit.now).toMatchObject({ phase: { name: 'joined' }, consent: 'pending' });
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
});
