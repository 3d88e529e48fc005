import { beforeEach, expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { LocalDevices } from '../capture/local-devices.ts';
import { MeetingSession } from '../meeting/meeting-session.ts';
import { PersonKeys } from '../person-keys.ts';
import type { Archive } from '../ports/archive.ts';
import { Preferences } from '../preferences.ts';
import { RecentMeetings } from '../recent-meetings.ts';
import { MemoryCapture } from '../testing/memory-capture.ts';
import { MemoryEngine } from '../testing/memory-media.ts';
import { MemorySignalling } from '../testing/memory-signalling.ts';
import { memoryStorage } from '../testing/memory-storage.ts';
import { settled } from '../testing/settled.ts';
import { SoloSession } from './solo-session.ts';

const recordingId = '20261123T010000000Z-abcdefgh';

const clock = new ManualClock();
let capture: MemoryCapture;
let server: MemorySignalling;
let rooms: RecentMeetings;
/** The meetings that the server knows. */
let known: string[];
let session: SoloSession;

beforeEach(() => {
  capture = new MemoryCapture();
  server = new MemorySignalling();
  server.role = 'host';
  known = [];
  const storage = memoryStorage();
  const preferences = new Preferences(storage);
  rooms = new RecentMeetings('rooms', storage, clock);
  const archive: Pick<Archive, 'createMeeting' | 'meeting' | 'join'> = {
    createMeeting: async () => {
      known.push(`room-${known.length + 1}`);
      return { meetingId: known.at(-1) ?? '', hostKey: 'key' };
    },
    meeting: async (meetingId) => {
      if (!known.includes(meetingId)) throw new Fault('meeting-not-found');
      return { meetingId, name: 'Record yourself' };
    },
    join: async (_meetingId, name) => ({ token: name, connectionId: 'me' }),
  };
  make = () =>
    new SoloSession('Record yourself', {
      archive: archive as Archive,
      rooms,
      openMeeting: (meetingId) =>
        new MeetingSession(meetingId, {
          archive: archive as Archive,
          signalling: server,
          engine: new MemoryEngine(),
          clock,
          devices: new LocalDevices(capture, preferences),
          claims: { isTaken: async () => false, take: () => () => undefined },
          chime: { recordingStarted: () => undefined, recordingStopped: () => undefined },
          persons: new PersonKeys(storage, () => 'k'.repeat(32)),
          preferences,
          recent: rooms,
        }),
    });
  session = make();
});

let make: () => SoloSession;

const now = () => session.getSnapshot();

async function arrive(): Promise<void> {
  await session.start();
  await connect();
}

async function connect(): Promise<void> {
  await settled();
  server.connect();
  await settled();
}

async function record(): Promise<void> {
  void session.record('Ada');
  // Under this name there is no socket yet.
  await connect();
}

const recording = { status: 'recording', recordingId, elapsedMs: 200 } as const;

test('[P1] it connects by itself with the devices closed, and comes back to the same meeting', async () => {
  await arrive();
  expect(now()).toMatchObject({ connection: { status: 'connected' }, step: 'ready', meetingId: 'room-1' });
  expect(capture.opened).toEqual([]);
  session.close();
  session = make();
  await arrive();
  expect(now().meetingId).toBe('room-1');
  known = [];
  session = make();
  await arrive();
  expect(now().meetingId).toBe('room-1');
  expect(rooms.getSnapshot().length).toBe(1);
});

test('[P10] one press opens the devices, joins and records; Stop closes them, [P9] as often as wanted', async () => {
  await arrive();
  for (let take = 0; take < 2; take += 1) {
    await record();
    expect(capture.live.length).toBe(2);
    expect(server.params('startRecording').length).toBe(take + 1);
    expect(now().step).toBe('starting');
    server.tell('recordingChanged', { recording });
    const people = [{ connectionId: 'me', state: 'recording' as const, bytes: 5000, durationMs: 400 }];
    server.tell('recordingProgress', { people });
    expect(now()).toMatchObject({ step: 'recording', written: { bytes: 5000, durationMs: 400 } });
    void session.stop();
    await connect();
    expect(now()).toMatchObject({ step: 'ready', finishedRecordingId: recordingId, written: undefined });
    expect(capture.live).toEqual([]);
    expect(now().connection).toEqual({ status: 'connected' });
  }
});

test('[P3] without any device nothing is recorded, and it is said why', async () => {
  Object.assign(capture.problems, { camera: 'refused', microphone: 'refused' });
  await arrive();
  await record();
  expect(now()).toMatchObject({
    step: 'ready',
    problem: { kind: 'no-device' },
    devices: { camera: { status: 'failed', problem: 'refused' } },
  });
  expect(server.params('join')).toEqual([]);
});

test('[P4] one device is enough', async () => {
  capture.problems.camera = 'missing';
  await arrive();
  await record();
  expect(server.params('startRecording').length).toBe(1);
});

test('a recording that cannot start closes the devices and says why', async () => {
  server.failures.startRecording = [new Fault('no-recorder')];
  await arrive();
  await record();
  await connect();
  expect(now()).toMatchObject({ step: 'ready', problem: { kind: 'fault', error: { code: 'no-recorder' } } });
  expect(capture.live).toEqual([]);
});

test('a key that the server asks for is given once, and again when it is wrong', async () => {
  server.failures.startRecording = [new Fault('record-key-needed'), new Fault('record-key-wrong')];
  await arrive();
  await record();
  await connect();
  expect(now()).toMatchObject({ step: 'ready', problem: { error: { code: 'record-key-needed' } } });
  expect(capture.live).toEqual([]);
  for (const code of ['record-key-wrong', undefined]) {
    void session.record('Ada', 'a key');
    await connect();
    if (code) await connect();
    expect(now().problem).toEqual(code && { kind: 'fault', error: expect.objectContaining({ code }) });
  }
  expect(server.params('startRecording')).toEqual([{}, { key: 'a key' }, { key: 'a key' }]);
});

test('sent out because nothing was done, it does not take another place by itself', async () => {
  await arrive();
  server.tell('ended', { reason: 'idle' });
  await settled();
  expect(now().connection).toMatchObject({ status: 'refused', error: { code: 'session-over' } });
  expect(server.isOpen).toBe(false);
  await arrive();
  expect(now().connection).toEqual({ status: 'connected' });
});

test('a recording that runs in another window is not joined', async () => {
  server.recording = recording;
  await arrive();
  await record();
  await connect();
  expect(now()).toMatchObject({ step: 'ready', problem: { kind: 'elsewhere' } });
  expect(server.params('startRecording')).toEqual([]);
});

test('[P6] closing the page in the middle releases everything', async () => {
  await arrive();
  await record();
  session.close();
  await settled();
  expect(capture.live).toEqual([]);
  expect(server.isOpen).toBe(false);
});
