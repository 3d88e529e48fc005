import { beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { OPEN_LIMIT_MS } from '../media/media-path.ts';
import { ben, MemoryVisit } from '../testing/memory-visit.ts';
import { settled } from '../testing/settled.ts';

let visit: MemoryVisit;
beforeEach(() => {
  visit = new MemoryVisit();
});

describe('[P1] a connection that breaks', () => {
  test('a lost socket is said so, and its session goes on where it was, media and all', async () => {
    visit.server.keepsSessions = true;
    await visit.beIn();
    visit.server.lose();
    expect(visit.now).toMatchObject({ connection: { status: 'lost' }, phase: { name: 'joined' } });
    expect(visit.engine.open.length).toBe(2);
    await visit.session.devices.toggleMicrophone();
    await settled();
    visit.server.people = [ben];
    visit.server.connect();
    await settled();
    expect(visit.now).toMatchObject({
      connection: { status: 'connected' },
      phase: { name: 'joined' },
      people: [ben],
      messages: [],
    });
    expect(visit.server.params('resume')).toEqual([{ ticket: 'ticket' }]);
    expect(visit.server.params('join').length).toBe(1);
    expect(visit.server.params('produce').length).toBe(2);
    // Muted while nobody could be told: the visit.server learns of it now.
    expect(visit.server.params('setProducerPaused')).toEqual([
      { producerId: 'own-microphone', paused: true },
    ]);
    expect(visit.engine.transports.length).toBe(2);
  });

  test('a session whose transports the server has no more starts over', async () => {
    visit.server.keepsSessions = true;
    await visit.beIn();
    visit.server.lose();
    visit.server.transports = [];
    visit.server.connect();
    await settled();
    visit.clock.advance(5000);
    visit.server.connect();
    await settled();
    expect(visit.now.phase).toEqual({ name: 'joined' });
    expect(visit.server.params('join').length).toBe(2);
    expect(visit.engine.open.length).toBe(2);
  });

  test('after too long a while it is joined again with the same token and new media', async () => {
    await visit.beIn();
    visit.server.lose();
    expect(visit.now).toMatchObject({ connection: { status: 'lost' }, phase: { name: 'joined' } });
    visit.server.people = [ben];
    visit.server.connect();
    await settled();
    expect(visit.now).toMatchObject({
      connection: { status: 'connected' },
      phase: { name: 'joined' },
      people: [ben],
      messages: [{ kind: 'rejoined' }],
    });
    expect(visit.server.tokens).toEqual(['token of Ada']);
    expect(visit.server.params('join').length).toBe(2);
    expect(visit.server.params('produce').length).toBe(4);
    expect(visit.engine.open.length).toBe(2);
    expect(visit.capture.opened.length).toBe(2);
  });

  /** An ICE restart is tried first, and does not help. */
  async function breakMedia(): Promise<void> {
    const [transport] = visit.engine.open;
    transport?.hooks.failed();
    await settled();
    transport?.hooks.failed();
  }

  test('failed media starts over by itself, a limited number of times', async () => {
    await visit.beIn();
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await breakMedia();
      expect(visit.engine.open).toEqual([]);
      visit.clock.advance(5000);
      visit.server.connect();
      await settled();
      expect(visit.now.phase).toEqual({ name: 'joined' });
      expect(visit.engine.open.length).toBe(2);
    }
    expect(new Set(visit.server.tokens)).toEqual(new Set(['token of Ada']));
    await breakMedia();
    expect(visit.now.phase).toEqual({ name: 'ended', reason: 'media-failed' });
  });

  /** Nobody tells that nothing gets through: the time of path and restart runs out. */
  async function waitInVain(): Promise<void> {
    visit.clock.advance(OPEN_LIMIT_MS);
    await settled();
    expect(visit.now.isMediaBlocked).toBe(true);
    visit.clock.advance(OPEN_LIMIT_MS);
    await settled();
    visit.clock.advance(5000);
    visit.server.connect();
    await settled();
  }

  test('media that never get through are told of, and given up, however slowly each attempt fails', async () => {
    visit.engine.getsThrough = false;
    await visit.beIn();
    expect(visit.now.isMediaBlocked).toBe(false);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(visit.now.phase).toEqual({ name: 'joined' });
      await waitInVain();
    }
    expect(visit.now.phase).toEqual({ name: 'ended', reason: 'media-failed' });
  });

  test('once media get through, what failed before is over', async () => {
    visit.engine.getsThrough = false;
    await visit.beIn();
    for (let attempt = 1; attempt <= 3; attempt += 1) await waitInVain();
    visit.engine.getsThrough = true;
    await waitInVain();
    expect(visit.now).toMatchObject({ isMediaBlocked: false, phase: { name: 'joined' } });
    visit.clock.advance(60_000);
    await breakMedia();
    visit.clock.advance(5000);
    visit.server.connect();
    await settled();
    expect(visit.now).toMatchObject({ isMediaBlocked: false, phase: { name: 'joined' } });
  });

  test('another router costs new media, and nothing else', async () => {
    visit.server.people = [ben];
    await visit.beIn();
    const before = [...visit.engine.open];
    visit.server.tell('mediaReplaced', { routerRtpCapabilities: { codecs: [] } });
    await settled();
    expect(before.every(({ closed }) => closed)).toBe(true);
    expect(visit.engine.open.length).toBe(2);
    expect(visit.server.params('produce').length).toBe(4);
    expect(visit.server.params('join').length).toBe(1);
    expect(visit.now).toMatchObject({ connection: { status: 'connected' }, people: [ben], messages: [] });
  });

  test('who was in is brought back through a passing failure, and told of one that stays', async () => {
    await visit.beIn();
    visit.server.failures.join = [new Fault('internal'), new Fault('room-full')];
    visit.server.lose();
    visit.server.connect();
    await settled();
    expect(visit.now.phase).toEqual({ name: 'joined' });
    visit.clock.advance(5000);
    visit.server.connect();
    await settled();
    expect(visit.now.phase).toMatchObject({ name: 'ended', reason: 'refused', error: { code: 'room-full' } });
  });
});
