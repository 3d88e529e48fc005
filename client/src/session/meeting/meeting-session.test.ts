import { beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import type { Person } from '#protocol/people.ts';
import { ben, MemoryVisit, RECORDING } from '../testing/memory-visit.ts';
import { settled } from '../testing/settled.ts';

let visit: MemoryVisit;
beforeEach(() => {
  visit = new MemoryVisit();
});

describe('in the meeting', () => {
  test('people come, speak and go', async () => {
    await visit.beIn();
    visit.server.tell('personJoined', { person: ben });
    await settled();
    expect(visit.now.people).toEqual([ben]);
    expect(visit.session.media.incoming.getSnapshot().get('ben-mic')?.status).toBe('playing');
    visit.server.tell('personLeft', { connectionId: 'ben' });
    await settled();
    expect(visit.now.people).toEqual([]);
    expect(visit.session.media.incoming.getSnapshot().size).toBe(0);
  });

  test('this person is never among the others, and learns of a new role', async () => {
    await visit.beIn();
    const me: Person = { ...ben, connectionId: 'me', name: 'Ada', role: 'host', producers: [] };
    visit.server.tell('personJoined', { person: me });
    expect(visit.now.people).toEqual([]);
    expect(visit.now.self?.role).toBe('host');
  });

  test('[P9] the host starts and stops, and is given the recording', async () => {
    visit.server.role = 'host';
    await visit.beIn();
    await visit.session.startRecording();
    visit.server.tell('recordingChanged', { recording: { status: 'starting', recordingId: RECORDING } });
    visit.server.tell('recordingChanged', {
      recording: { status: 'recording', recordingId: RECORDING, elapsedMs: 200 },
    });
    visit.server.tell('recordingProgress', {
      people: [{ connectionId: 'me', state: 'recording', bytes: 1000, durationMs: 300 }],
    });
    expect(visit.now.progress.length).toBe(1);
    expect(visit.now.messages).toMatchObject([{ kind: 'recording-started' }]);
    visit.server.tell('recordingEndsSoon', { inMs: 300_000 });
    expect(visit.now.messages.at(-1)).toMatchObject({ kind: 'recording-ends-soon', minutes: 5 });
    const stopping = visit.session.stopRecording();
    expect(visit.now.command).toBe('stopping');
    await stopping;
    visit.server.tell('recordingChanged', { recording: { status: 'off' } });
    expect(visit.now).toMatchObject({ command: 'none', finishedRecordingId: RECORDING, progress: [] });
    expect(visit.chimes).toEqual(['started', 'stopped']);
  });

  test('without a recorder, Record says so', async () => {
    visit.server.role = 'host';
    visit.server.failures.startRecording = [new Fault('no-recorder')];
    await visit.beIn();
    await visit.session.startRecording();
    expect(visit.now).toMatchObject({
      command: 'none',
      messages: [{ kind: 'fault', error: { message: 'No recorder is connected.' } }],
    });
    visit.clock.advance(10_000);
    expect(visit.now.messages).toEqual([]);
  });

  test('a key that the server asks for is asked for once, and known the next time', async () => {
    visit.server.role = 'host';
    visit.server.failures.startRecording = [new Fault('record-key-needed'), new Fault('record-key-wrong')];
    await visit.beIn();
    await visit.session.startRecording();
    expect(visit.now).toMatchObject({ command: 'none', wantedKey: { isWrong: false }, messages: [] });
    await visit.session.startRecording('a guess');
    expect(visit.now).toMatchObject({ command: 'none', wantedKey: { isWrong: true }, messages: [] });
    for (const key of ['the key', undefined]) await visit.session.startRecording(key);
    expect(visit.now.wantedKey).toBeUndefined();
    const given = [{}, { key: 'a guess' }, { key: 'the key' }, { key: 'the key' }];
    expect(visit.server.params('startRecording')).toEqual(given);
  });

  test('messages never pile up', async () => {
    await visit.beIn();
    const before = visit.clock.pending;
    for (let count = 0; count < 20; count += 1) {
      visit.server.tell('problem', { error: new Fault('disk-full').toBody() });
    }
    expect(visit.now.messages.length).toBe(4);
    expect(visit.clock.pending).toBe(before + 4);
  });
});

describe('the room', () => {
  test('chat, speakers, hands and quality are as the server says', async () => {
    await visit.beIn();
    visit.server.tell('personJoined', { person: ben });
    const message = { id: 1, connectionId: 'ben', name: 'Ben', atMs: 5, text: 'hello' };
    visit.server.tell('chatAdded', { message });
    visit.server.tell('chatAdded', { message });
    visit.server.tell('speakersChanged', { connectionIds: ['ben'] });
    visit.server.tell('qualityChanged', { people: [{ connectionId: 'ben', quality: 'poor' }] });
    const own = { connectionId: 'me', name: 'Ada', role: 'host', connected: true, producers: [] } as const;
    visit.server.tell('personChanged', { person: { ...own, producers: [], handRaisedAtMs: 9 } });
    expect(visit.now).toMatchObject({
      room: { chat: [message], speakers: ['ben'] },
      handRaisedAtMs: 9,
      self: { role: 'host' },
      messages: [{ kind: 'chat', name: 'Ben', text: 'hello' }],
    });
    expect(visit.now.room.quality.get('ben')).toBe('poor');
    expect(await visit.session.sendChat('hi')).toBe(true);
    visit.server.failures.sendChat = [new Fault('rate-limited')];
    expect(await visit.session.sendChat('hi')).toBe(false);
    expect(visit.server.params('sendChat')).toEqual([{ text: 'hi' }, { text: 'hi' }]);
  });

  test('who is not let in by themselves waits, and comes in when admitted', async () => {
    visit.server.failures.join = [new Fault('admission-needed')];
    visit.preferences.name = 'Ada';
    await visit.arrive();
    await visit.session.join('Ada');
    await settled();
    expect(visit.now.phase).toEqual({ name: 'waiting' });
    visit.server.tell('admitted', {});
    await settled();
    expect(visit.now.phase).toEqual({ name: 'joined' });
  });

  test('what the host switches off is off here too, and said so', async () => {
    await visit.beIn();
    visit.server.tell('pausedByHost', { producerId: 'own-microphone', source: 'microphone' });
    await settled();
    expect(visit.session.devices.getSnapshot().microphone.status).toBe('muted');
    expect(visit.now.messages).toMatchObject([{ kind: 'paused-by-host', source: 'microphone' }]);
  });

  test('the host role that is offered is answered once', async () => {
    await visit.beIn();
    visit.server.tell('hostOffered', { expiresInMs: 20_000 });
    expect(visit.now.room.hostOffered).toBe(true);
    await visit.session.answerHostOffer(true);
    expect(visit.now.room.hostOffered).toBe(false);
    expect(visit.server.params('answerHostOffer')).toEqual([{ accept: true }]);
  });

  test('the host governs who is in', async () => {
    await visit.beIn();
    visit.server.tell('waitingChanged', { waiting: [{ connectionId: 'eve', name: 'Eve' }] });
    expect(visit.now.room.waiting).toEqual([{ connectionId: 'eve', name: 'Eve' }]);
    await visit.session.host.admit('eve');
    await visit.session.host.admit();
    await visit.session.host.pause('ben', 'microphone');
    await visit.session.host.remove('ben');
    await visit.session.host.setAdmission('locked');
    expect(visit.server.asked.slice(-5)).toEqual([
      { name: 'admit', params: { connectionId: 'eve' } },
      { name: 'admit', params: {} },
      { name: 'pausePerson', params: { connectionId: 'ben', source: 'microphone' } },
      { name: 'removePerson', params: { connectionId: 'ben' } },
      { name: 'setAdmission', params: { admission: 'locked' } },
    ]);
  });
});

describe('the end', () => {
  test.each(['replaced', 'removed', 'meeting-ended'] as const)('%s ends for good', async (reason) => {
    await visit.beIn();
    visit.server.tell('ended', { reason });
    expect(visit.now.phase).toEqual({ name: 'ended', reason });
    expect(visit.server.isOpen).toBe(false);
    expect(visit.capture.live).toEqual([]);
    expect(visit.engine.open).toEqual([]);
  });

  test('[P6] leaving tells the server and releases everything', async () => {
    await visit.beIn();
    visit.session.leave();
    expect(visit.server.names().at(-1)).toBe('leave');
    expect(visit.now.phase).toEqual({ name: 'ended', reason: 'left' });
    expect(visit.capture.live).toEqual([]);
    expect(visit.engine.open).toEqual([]);
    expect(visit.server.isOpen).toBe(false);
  });

  test('[P6] closing the page while everything is still opening leaves nothing behind', async () => {
    const release = visit.capture.hold();
    visit.session.start();
    visit.session.close();
    release();
    await settled();
    expect(visit.server.tokens).toEqual([]);
    expect(visit.capture.live).toEqual([]);
    expect(visit.clock.pending).toBe(0);
  });
});

test('a meeting is renamed for everybody in it, and for later where this browser made it', async () => {
  const visit = new MemoryVisit();
  visit.server.role = 'host';
  await visit.beIn();
  await visit.session.rename('First');
  expect(visit.names).toEqual([]);
  visit.recent.add({ meetingId: 'weekly', name: 'Weekly', hostKey: 'key' });
  await visit.session.rename('Second');
  expect(visit.names).toEqual(['Second']);
  expect(visit.server.params('renameMeeting')).toEqual([{ name: 'First' }, { name: 'Second' }]);
  visit.server.tell('meetingRenamed', { name: 'Second' });
  expect(visit.now.meeting).toEqual({ status: 'found', name: 'Second' });
  expect(visit.recent.getSnapshot()[0]).toMatchObject({ name: 'Second', hostKey: 'key' });
});
