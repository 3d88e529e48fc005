import { beforeEach, describe, expect, test } from 'vitest';
import { type ErrorCode, Fault } from '../../../../protocol/errors.ts';
import type { Person } from '../../../../protocol/people.ts';
import { ManualClock } from '../../../../service/manual-clock.ts';
import { LocalDevices } from '../capture/local-devices.ts';
import { MemoryCapture } from '../fixtures/memory-capture.ts';
import { MemoryEngine } from '../fixtures/memory-media.ts';
import { MemorySignalling } from '../fixtures/memory-signalling.ts';
import { memoryStorage } from '../fixtures/memory-storage.ts';
import { settled } from '../fixtures/settled.ts';
import type { Archive } from '../ports/archive.ts';
import { Preferences } from '../preferences.ts';
import { RecentMeetings } from '../recent-meetings.ts';
import { MeetingSession } from './meeting-session.ts';

const RECORDING = '20261123T010000000Z-abcdefgh';
const ben: Person = {
  connectionId: 'ben',
  name: 'Ben',
  role: 'participant',
  connected: true,
  producers: [{ producerId: 'ben-mic', source: 'microphone', paused: false }],
};

let clock: ManualClock;
let capture: MemoryCapture;
let engine: MemoryEngine;
let server: MemorySignalling;
let recent: RecentMeetings;
let preferences: Preferences;
let joins: { name: string; hostKey: string | undefined }[];
let joinFailures: Fault[];
let session: MeetingSession;
let chimes: string[];
let takenElsewhere: boolean;
let loseClaim: () => void;
let claimsLeft: string[];

beforeEach(() => {
  clock = new ManualClock();
  capture = new MemoryCapture();
  engine = new MemoryEngine();
  server = new MemorySignalling();
  const storage = memoryStorage();
  preferences = new Preferences(storage);
  recent = new RecentMeetings('recent', storage, clock);
  joins = [];
  chimes = [];
  takenElsewhere = false;
  claimsLeft = [];
  joinFailures = [];
  const archive: Pick<Archive, 'meeting' | 'join'> = {
    meeting: async (meetingId) => {
      if (meetingId !== 'weekly') throw new Fault('meeting-not-found');
      return { meetingId, name: 'Weekly' };
    },
    join: async (_meetingId, name, hostKey) => {
      joins.push({ name, hostKey });
      const failure = joinFailures.shift();
      if (failure) throw failure;
      return { token: `token of ${name}`, connectionId: 'me' };
    },
  };
  make = (meetingId = 'weekly') =>
    new MeetingSession(meetingId, {
      archive: archive as Archive,
      signalling: server,
      engine,
      clock,
      devices: new LocalDevices(capture, preferences),
      claims: {
        isTaken: async () => takenElsewhere,
        take: (_meetingId, _name, lost) => {
          loseClaim = lost;
          return () => claimsLeft.push('left');
        },
      },
      chime: {
        recordingStarted: () => chimes.push('started'),
        recordingStopped: () => chimes.push('stopped'),
      },
      preferences,
      recent,
    });
  session = make();
});

let make: (meetingId?: string) => MeetingSession;

const now = () => session.getSnapshot();

async function arrive(): Promise<void> {
  session.start();
  await settled();
  server.connect();
  await settled();
}

async function beIn(): Promise<void> {
  preferences.name = 'Ada';
  await arrive();
  await session.join('Ada');
  await settled();
  expect(now().phase).toEqual({ name: 'joined' });
}

async function ask(code: ErrorCode): Promise<void> {
  server.refuse(new Fault(code));
  await settled();
}

describe('the lobby', () => {
  test('[P1] the page connects by itself, and [P3] opens the devices', async () => {
    session.start();
    expect(now().connection).toEqual({ status: 'connecting' });
    await settled();
    server.connect();
    await settled();
    expect(now()).toMatchObject({
      connection: { status: 'connected' },
      meeting: { status: 'found', name: 'Weekly' },
      phase: { name: 'lobby' },
    });
    expect(capture.live.length).toBe(2);
    expect(recent.getSnapshot().map(({ name }) => name)).toEqual(['Weekly']);
    expect(server.names()).toEqual(['hello']);
  });

  test('a meeting that does not exist is said so', async () => {
    session = make('nonsense');
    session.start();
    await settled();
    expect(now().meeting).toMatchObject({ status: 'missing', error: { code: 'meeting-not-found' } });
  });

  test('joining under the remembered name uses the connection that there is', async () => {
    preferences.name = 'Ada';
    await arrive();
    await session.join('Ada');
    await settled();
    expect(joins.map(({ name }) => name)).toEqual(['Ada']);
    expect(server.names()).toEqual(
      expect.arrayContaining(['hello', 'join', 'createTransport', 'connectTransport', 'produce']),
    );
    expect(now().phase).toEqual({ name: 'joined' });
  });

  test('joining under another name takes a token with that name, and remembers it', async () => {
    await arrive();
    const joining = session.join('Ada');
    expect(now().phase).toEqual({ name: 'joining' });
    await joining;
    server.connect();
    await settled();
    expect(server.tokens).toEqual(['token of Guest', 'token of Ada']);
    expect(now().phase).toEqual({ name: 'joined' });
    expect(preferences.name).toBe('Ada');
  });

  test('joining before the connection is there joins as soon as it is', async () => {
    preferences.name = 'Ada';
    session.start();
    await settled();
    await session.join('Ada');
    server.connect();
    await settled();
    expect(now().phase).toEqual({ name: 'joined' });
  });

  test('a refused token is told, and the next press tries again', async () => {
    session.start();
    await settled();
    await ask('token-expired');
    expect(now().connection).toMatchObject({ status: 'refused', error: { code: 'token-expired' } });
    expect(now().phase).toEqual({ name: 'lobby' });
    await session.join('Ada');
    await ask('room-full');
    expect(now().phase).toMatchObject({ name: 'lobby', error: { code: 'room-full' } });
    await session.join('Ada');
    server.connect();
    await settled();
    expect(now().phase).toEqual({ name: 'joined' });
  });

  test('a wrong host key is told and forgotten', async () => {
    recent.add({ meetingId: 'weekly', name: 'Weekly', hostKey: 'old' });
    joinFailures = [new Fault('host-key-wrong')];
    session.start();
    await settled();
    expect(now().connection).toMatchObject({ error: { code: 'host-key-wrong' } });
    await session.join('Ada');
    expect(joins.map(({ hostKey }) => hostKey)).toEqual(['old', undefined]);
  });
});

describe('[D10] a meeting that is being recorded', () => {
  beforeEach(() => {
    server.recording = { status: 'recording', recordingId: RECORDING, elapsedMs: 5000 };
    server.people = [ben];
    preferences.name = 'Ada';
  });

  test('asks before joining, and joins with the answer', async () => {
    await arrive();
    await session.join('Ada');
    await settled();
    expect(now().phase).toEqual({ name: 'asking' });
    expect(server.names()).toEqual(['hello']);
    await session.answerConsent('declined');
    await settled();
    expect(server.params('join')).toMatchObject([{ consent: 'declined' }]);
    expect(now()).toMatchObject({ phase: { name: 'joined' }, consent: 'declined' });
  });

  test('does not ask its host', async () => {
    server.role = 'host';
    await beIn();
    expect(server.params('join')[0]).not.toHaveProperty('consent');
  });

  test('goes back to the lobby from the question', async () => {
    await arrive();
    await session.join('Ada');
    session.cancelJoin();
    expect(now().phase).toEqual({ name: 'lobby' });
    expect(server.names()).not.toContain('join');
  });

  test('asks when the server says so first', async () => {
    server.recording = { status: 'off' };
    server.failures.join = [new Fault('consent-needed')];
    await arrive();
    await session.join('Ada');
    await settled();
    expect(now().phase).toEqual({ name: 'asking' });
  });

  test('lets one in when it ends while they are asked', async () => {
    await arrive();
    await session.join('Ada');
    server.recording = { status: 'off' };
    server.tell('recordingChanged', { recording: { status: 'off' } });
    await settled();
    expect(now().phase).toEqual({ name: 'joined' });
  });

  test('counts its time on this page’s clock', async () => {
    await arrive();
    expect(now().recording).toEqual({
      status: 'recording',
      recordingId: RECORDING,
      sinceMs: clock.nowMs() - 5000,
    });
  });

  test('remembers the answer through a lost connection, for this recording alone', async () => {
    await arrive();
    await session.join('Ada');
    await session.answerConsent('accepted');
    await settled();
    server.lose();
    server.connect();
    await settled();
    expect(server.params('join').at(-1)).toMatchObject({ consent: 'accepted' });
    server.lose();
    server.recording = { status: 'recording', recordingId: '20261123T020000000Z-bcdefghi', elapsedMs: 0 };
    server.connect();
    await settled();
    expect(server.params('join').at(-1)).toMatchObject({ consent: 'declined' });
    expect(now()).toMatchObject({ phase: { name: 'joined' }, consent: 'pending' });
  });
});

describe('in the meeting', () => {
  test('people come, speak and go', async () => {
    await beIn();
    server.tell('personJoined', { person: ben });
    await settled();
    expect(now().people).toEqual([ben]);
    expect(session.media.incoming.getSnapshot().get('ben-mic')?.status).toBe('playing');
    server.tell('personLeft', { connectionId: 'ben' });
    await settled();
    expect(now().people).toEqual([]);
    expect(session.media.incoming.getSnapshot().size).toBe(0);
  });

  test('this person is never among the others, and learns of a new role', async () => {
    await beIn();
    const me: Person = { ...ben, connectionId: 'me', name: 'Ada', role: 'host', producers: [] };
    server.tell('personJoined', { person: me });
    expect(now().people).toEqual([]);
    expect(now().self?.role).toBe('host');
  });

  test('the dialog opens with the notice, and closes with the answer', async () => {
    await beIn();
    server.tell('recordingChanged', { recording: { status: 'starting', recordingId: RECORDING } });
    server.tell('consentChanged', { consent: 'pending' });
    expect(now().consent).toBe('pending');
    await session.answerConsent('accepted');
    expect(now().consent).toBe('accepted');
    expect(server.params('answerConsent')).toEqual([{ answer: 'accepted' }]);
  });

  test('an answer that did not arrive is asked for again', async () => {
    await beIn();
    server.tell('consentChanged', { consent: 'pending' });
    server.failures.answerConsent = [new Fault('timeout')];
    await session.answerConsent('accepted');
    expect(now().consent).toBe('pending');
    expect(now().messages).toMatchObject([{ kind: 'fault', error: { code: 'timeout' } }]);
  });

  test('withdrawing says whether to erase', async () => {
    await beIn();
    await session.withdraw(true);
    expect(server.params('answerConsent')).toEqual([{ answer: 'withdrawn', erase: true }]);
    expect(now().consent).toBe('withdrawn');
  });

  test('[P9] the host starts and stops, and is given the recording', async () => {
    server.role = 'host';
    await beIn();
    await session.startRecording();
    server.tell('recordingChanged', { recording: { status: 'starting', recordingId: RECORDING } });
    server.tell('recordingChanged', {
      recording: { status: 'recording', recordingId: RECORDING, elapsedMs: 200 },
    });
    server.tell('recordingProgress', {
      people: [{ connectionId: 'me', state: 'recording', bytes: 1000, durationMs: 300 }],
    });
    expect(now().progress.length).toBe(1);
    expect(now().messages).toMatchObject([{ kind: 'recording-started' }]);
    server.tell('recordingEndsSoon', { inMs: 300_000 });
    expect(now().messages.at(-1)).toMatchObject({ kind: 'recording-ends-soon', minutes: 5 });
    const stopping = session.stopRecording();
    expect(now().command).toBe('stopping');
    await stopping;
    server.tell('recordingChanged', { recording: { status: 'off' } });
    expect(now()).toMatchObject({ command: 'none', finishedRecordingId: RECORDING, progress: [] });
    expect(chimes).toEqual(['started', 'stopped']);
  });

  test('without a recorder, Record says so', async () => {
    server.role = 'host';
    server.failures.startRecording = [new Fault('no-recorder')];
    await beIn();
    await session.startRecording();
    expect(now()).toMatchObject({
      command: 'none',
      messages: [{ kind: 'fault', error: { message: 'No recorder is connected.' } }],
    });
    clock.advance(10_000);
    expect(now().messages).toEqual([]);
  });

  test('messages never pile up', async () => {
    await beIn();
    for (let count = 0; count < 20; count += 1) {
      server.tell('problem', { error: new Fault('disk-full').toBody() });
    }
    expect(now().messages.length).toBe(4);
    expect(clock.pending).toBe(4);
  });
});

describe('the room', () => {
  test('chat, speakers, hands and quality are as the server says', async () => {
    await beIn();
    server.tell('personJoined', { person: ben });
    const message = { id: 1, connectionId: 'ben', name: 'Ben', atMs: 5, text: 'hello' };
    server.tell('chatAdded', { message });
    server.tell('chatAdded', { message });
    server.tell('speakersChanged', { connectionIds: ['ben'] });
    server.tell('qualityChanged', { people: [{ connectionId: 'ben', quality: 'poor' }] });
    const own = { connectionId: 'me', name: 'Ada', role: 'host', connected: true, producers: [] } as const;
    server.tell('personChanged', { person: { ...own, producers: [], handRaisedAtMs: 9 } });
    expect(now()).toMatchObject({
      room: { chat: [message], speakers: ['ben'] },
      handRaisedAtMs: 9,
      self: { role: 'host' },
      messages: [{ kind: 'chat', name: 'Ben', text: 'hello' }],
    });
    expect(now().room.quality.get('ben')).toBe('poor');
    expect(await session.sendChat('hi')).toBe(true);
    server.failures.sendChat = [new Fault('rate-limited')];
    expect(await session.sendChat('hi')).toBe(false);
    expect(server.params('sendChat')).toEqual([{ text: 'hi' }, { text: 'hi' }]);
  });

  test('who is not let in by themselves waits, and comes in when admitted', async () => {
    server.failures.join = [new Fault('admission-needed')];
    preferences.name = 'Ada';
    await arrive();
    await session.join('Ada');
    await settled();
    expect(now().phase).toEqual({ name: 'waiting' });
    server.tell('admitted', {});
    await settled();
    expect(now().phase).toEqual({ name: 'joined' });
  });

  test('what the host switches off is off here too, and said so', async () => {
    await beIn();
    server.tell('pausedByHost', { producerId: 'own-microphone', source: 'microphone' });
    await settled();
    expect(session.devices.getSnapshot().microphone.status).toBe('muted');
    expect(now().messages).toMatchObject([{ kind: 'paused-by-host', source: 'microphone' }]);
  });

  test('the host role that is offered is answered once', async () => {
    await beIn();
    server.tell('hostOffered', { expiresInMs: 20_000 });
    expect(now().room.hostOffered).toBe(true);
    await session.answerHostOffer(true);
    expect(now().room.hostOffered).toBe(false);
    expect(server.params('answerHostOffer')).toEqual([{ accept: true }]);
  });

  test('the host governs who is in', async () => {
    await beIn();
    server.tell('waitingChanged', { waiting: [{ connectionId: 'eve', name: 'Eve' }] });
    expect(now().room.waiting).toEqual([{ connectionId: 'eve', name: 'Eve' }]);
    await session.host.admit('eve');
    await session.host.admit();
    await session.host.pause('ben', 'microphone');
    await session.host.remove('ben');
    await session.host.setAdmission('locked');
    expect(server.asked.slice(-5)).toEqual([
      { name: 'admit', params: { connectionId: 'eve' } },
      { name: 'admit', params: {} },
      { name: 'pausePerson', params: { connectionId: 'ben', source: 'microphone' } },
      { name: 'removePerson', params: { connectionId: 'ben' } },
      { name: 'setAdmission', params: { admission: 'locked' } },
    ]);
  });
});

describe('[P1] a connection that breaks', () => {
  test('a lost socket is said so, and its session goes on where it was, media and all', async () => {
    server.keepsSessions = true;
    await beIn();
    server.lose();
    expect(now()).toMatchObject({ connection: { status: 'lost' }, phase: { name: 'joined' } });
    expect(engine.open.length).toBe(2);
    await session.devices.toggleMicrophone();
    await settled();
    server.people = [ben];
    server.connect();
    await settled();
    expect(now()).toMatchObject({
      connection: { status: 'connected' },
      phase: { name: 'joined' },
      people: [ben],
      messages: [],
    });
    expect(server.params('resume')).toEqual([{ ticket: 'ticket' }]);
    expect(server.params('join').length).toBe(1);
    expect(server.params('produce').length).toBe(2);
    // Muted while nobody could be told: the server learns of it now.
    expect(server.params('setProducerPaused')).toEqual([{ producerId: 'own-microphone', paused: true }]);
    expect(engine.transports.length).toBe(2);
  });

  test('a session whose transports the server has no more starts over', async () => {
    server.keepsSessions = true;
    await beIn();
    server.lose();
    server.transports = [];
    server.connect();
    await settled();
    clock.advance(5000);
    server.connect();
    await settled();
    expect(now().phase).toEqual({ name: 'joined' });
    expect(server.params('join').length).toBe(2);
    expect(engine.open.length).toBe(2);
  });

  test('after too long a while it is joined again with the same token and new media', async () => {
    await beIn();
    server.lose();
    expect(now()).toMatchObject({ connection: { status: 'lost' }, phase: { name: 'joined' } });
    server.people = [ben];
    server.connect();
    await settled();
    expect(now()).toMatchObject({
      connection: { status: 'connected' },
      phase: { name: 'joined' },
      people: [ben],
      messages: [{ kind: 'rejoined' }],
    });
    expect(server.tokens).toEqual(['token of Ada']);
    expect(server.params('join').length).toBe(2);
    expect(server.params('produce').length).toBe(4);
    expect(engine.open.length).toBe(2);
    expect(capture.opened.length).toBe(2);
  });

  /** An ICE restart is tried first, and does not help. */
  async function breakMedia(): Promise<void> {
    const [transport] = engine.open;
    transport?.hooks.failed();
    await settled();
    transport?.hooks.failed();
  }

  test('failed media starts over by itself, a limited number of times', async () => {
    await beIn();
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await breakMedia();
      expect(engine.open).toEqual([]);
      clock.advance(5000);
      server.connect();
      await settled();
      expect(now().phase).toEqual({ name: 'joined' });
      expect(engine.open.length).toBe(2);
    }
    expect(new Set(server.tokens)).toEqual(new Set(['token of Ada']));
    await breakMedia();
    expect(now().phase).toEqual({ name: 'ended', reason: 'media-failed' });
  });

  test('another router costs new media, and nothing else', async () => {
    server.people = [ben];
    await beIn();
    const before = [...engine.open];
    server.tell('mediaReplaced', { routerRtpCapabilities: { codecs: [] } });
    await settled();
    expect(before.every(({ closed }) => closed)).toBe(true);
    expect(engine.open.length).toBe(2);
    expect(server.params('produce').length).toBe(4);
    expect(server.params('join').length).toBe(1);
    expect(now()).toMatchObject({ connection: { status: 'connected' }, people: [ben], messages: [] });
  });

  test('who was in is brought back through a passing failure, and told of one that stays', async () => {
    await beIn();
    server.failures.join = [new Fault('internal'), new Fault('room-full')];
    server.lose();
    server.connect();
    await settled();
    expect(now().phase).toEqual({ name: 'joined' });
    clock.advance(5000);
    server.connect();
    await settled();
    expect(now().phase).toMatchObject({ name: 'ended', reason: 'refused', error: { code: 'room-full' } });
  });
});

describe('another window of this browser', () => {
  test('is told of in the lobby, and leaves when this one joins', async () => {
    takenElsewhere = true;
    await beIn();
    expect(now().isElsewhere).toBe(true);
    loseClaim();
    expect(now().phase).toEqual({ name: 'ended', reason: 'replaced' });
    expect(server.names().at(-1)).toBe('leave');
    expect(capture.live).toEqual([]);
    expect(claimsLeft.length).toBeGreaterThan(0);
  });
});

describe('the end', () => {
  test.each(['replaced', 'removed', 'meeting-ended'] as const)('%s ends for good', async (reason) => {
    await beIn();
    server.tell('ended', { reason });
    expect(now().phase).toEqual({ name: 'ended', reason });
    expect(server.isOpen).toBe(false);
    expect(capture.live).toEqual([]);
    expect(engine.open).toEqual([]);
  });

  test('[P6] leaving tells the server and releases everything', async () => {
    await beIn();
    session.leave();
    expect(server.names().at(-1)).toBe('leave');
    expect(now().phase).toEqual({ name: 'ended', reason: 'left' });
    expect(capture.live).toEqual([]);
    expect(engine.open).toEqual([]);
    expect(server.isOpen).toBe(false);
  });

  test('[P6] closing the page while everything is still opening leaves nothing behind', async () => {
    const release = capture.hold();
    session.start();
    session.close();
    release();
    await settled();
    expect(server.tokens).toEqual([]);
    expect(capture.live).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
