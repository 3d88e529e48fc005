import { beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { MemoryVisit } from '../testing/memory-visit.ts';
import { settled } from '../testing/settled.ts';

let visit: MemoryVisit;
beforeEach(() => {
  visit = new MemoryVisit();
});

describe('the lobby', () => {
  test('[P1] the page connects by itself, and [P3] opens the devices', async () => {
    visit.session.start();
    expect(visit.now.connection).toEqual({ status: 'connecting' });
    await settled();
    visit.server.connect();
    await settled();
    expect(visit.now).toMatchObject({
      connection: { status: 'connected' },
      meeting: { status: 'found', name: 'Weekly' },
      phase: { name: 'lobby' },
    });
    expect(visit.capture.live.length).toBe(2);
    expect(visit.recent.getSnapshot().map(({ name }) => name)).toEqual(['Weekly']);
    expect(visit.server.names()).toEqual(['hello']);
  });

  test('a meeting that does not exist is said so', async () => {
    visit.session = visit.make('nonsense');
    visit.session.start();
    await settled();
    expect(visit.now.meeting).toMatchObject({ status: 'missing', error: { code: 'meeting-not-found' } });
  });

  test('joining under the remembered name uses the connection that there is', async () => {
    visit.preferences.name = 'Ada';
    await visit.arrive();
    await visit.session.join('Ada');
    await settled();
    expect(visit.joins.map(({ name }) => name)).toEqual(['Ada']);
    expect(visit.server.names()).toEqual(
      expect.arrayContaining(['hello', 'join', 'createTransport', 'connectTransport', 'produce']),
    );
    expect(visit.now.phase).toEqual({ name: 'joined' });
  });

  test('joining under another name takes a token with that name, and remembers it', async () => {
    await visit.arrive();
    const joining = visit.session.join('Ada');
    expect(visit.now.phase).toEqual({ name: 'joining' });
    await joining;
    visit.server.connect();
    await settled();
    expect(visit.server.tokens).toEqual(['token of Guest', 'token of Ada']);
    expect(visit.now.phase).toEqual({ name: 'joined' });
    expect(visit.preferences.name).toBe('Ada');
  });

  test('joining before the connection is there joins as soon as it is', async () => {
    visit.preferences.name = 'Ada';
    visit.session.start();
    await settled();
    await visit.session.join('Ada');
    visit.server.connect();
    await settled();
    expect(visit.now.phase).toEqual({ name: 'joined' });
  });

  test('a refused token is told, and the next press tries again', async () => {
    visit.session.start();
    await settled();
    await visit.refuse('token-expired');
    expect(visit.now.connection).toMatchObject({ status: 'refused', error: { code: 'token-expired' } });
    expect(visit.now.phase).toEqual({ name: 'lobby' });
    await visit.session.join('Ada');
    await visit.refuse('room-full');
    expect(visit.now.phase).toMatchObject({ name: 'lobby', error: { code: 'room-full' } });
    await visit.session.join('Ada');
    visit.server.connect();
    await settled();
    expect(visit.now.phase).toEqual({ name: 'joined' });
  });

  test('a wrong host key is told and forgotten', async () => {
    visit.recent.add({ meetingId: 'weekly', name: 'Weekly', hostKey: 'old' });
    visit.joinFailures.push(new Fault('host-key-wrong'));
    visit.session.start();
    await settled();
    expect(visit.now.connection).toMatchObject({ error: { code: 'host-key-wrong' } });
    await visit.session.join('Ada');
    expect(visit.joins.map(({ hostKey }) => hostKey)).toEqual(['old', undefined]);
  });
});

describe('another window of this browser', () => {
  test('is told of in the lobby, and leaves when this one joins', async () => {
    visit.isElsewhere = true;
    await visit.beIn();
    expect(visit.now.isElsewhere).toBe(true);
    visit.loseClaim();
    expect(visit.now.phase).toEqual({ name: 'ended', reason: 'replaced' });
    expect(visit.server.names().at(-1)).toBe('leave');
    expect(visit.capture.live).toEqual([]);
    expect(visit.claimsLeft).toBeGreaterThan(0);
  });
});
