import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { factSchema } from '#protocol/recorder.ts';
import { notices } from '#protocol/signalling.ts';
import { openRoom } from '../testing/test-room.ts';
import { marksIn, marksOf } from './marks.ts';

const RUNS = 150;
const SLOW_MS = 30_000;
const people = ['h', 'a', 'b', 'c'] as const;
type Who = (typeof people)[number];
type Open = ReturnType<typeof openRoom>;

/** The browsers that they sit at: c is who comes as a, too, in another window and with another name. */
const keyOf = (who: Who): string => (who === 'c' ? 'a' : who);

/** h made the meeting, and so did b, in another browser. */
const roleOf = (who: Who) => (who === 'h' || who === 'b' ? 'host' : 'participant');

const recordingId = '20261123T101112131Z-abcdefgh';

const inManifest = (key: string) => marksIn(recordingId, marksOf('m', { key, subject: undefined }));

/** Everything that can be done to a room, by anybody, whether it makes sense now or not. */
const actions: Record<string, (open: Open, who: Who, other: Who) => void> = {
  join: ({ join }, who) => join(who, roleOf(who), undefined, keyOf(who)),
  joinAccepting: ({ join }, who) => join(who, roleOf(who), 'accepted', keyOf(who)),
  joinDeclining: ({ join }, who) => join(who, roleOf(who), 'declined', keyOf(who)),
  joinToBeAsked: ({ join }, who) => join(who, roleOf(who), 'pending', keyOf(who)),
  joinInAnotherBrowser: ({ join }, who) => join(who, roleOf(who), undefined, 'x'),
  lose: ({ room }, who) => room.lost(who),
  comeBack: ({ room }, who) => room.back(who),
  leave: ({ room }, who) => room.leave(who, 'left'),
  send: ({ room }, who) => room.addProducer(who, { producerId: `${who}1`, source: 'camera', paused: false }),
  mute: ({ room }, who) => room.setProducerPaused(who, `${who}1`, true),
  stopSending: ({ room }, who) => room.removeProducer(who, `${who}1`),
  record: ({ recording }, who) => recording.start(recordingId, 1000, who),
  takeUp: ({ recording }, who) =>
    recording.takeUp(recordingId, 1000, [
      { connectionId: who, consent: 'accepted', isIn: true, marks: inManifest(keyOf(who)) },
    ]),
  accept: ({ room }, who) => room.recording.answer(who, 'accepted', undefined),
  decline: ({ room }, who) => room.recording.answer(who, 'declined', undefined),
  withdraw: ({ room }, who) => room.recording.answer(who, 'withdrawn', undefined),
  withdrawAndErase: ({ room }, who) => room.recording.answer(who, 'withdrawn', true),
  beat: ({ recording }, who) =>
    recording.heartbeat([
      { connectionId: who, source: 'camera', state: 'recording', bytes: 10, durationMs: 5 },
    ]),
  loseRecorder: ({ recording }) => recording.recorderLost(),
  failToRecord: ({ room }, who) => room.recording.problem(who, 'recorder-full'),
  stop: ({ recording }) => recording.stop(),
  over: ({ recording }) => recording.over(),
  replaceMedia: ({ room }) => room.mediaReplaced(),
  guard: ({ room }) => room.doors.set('waiting-room'),
  lock: ({ room }) => room.doors.set('locked'),
  unlock: ({ room }) => room.doors.set('open'),
  admit: ({ room }, who) => room.doors.admit(who),
  refuse: ({ room }, who) => room.doors.refuse(who),
  expel: ({ room }, who, other) => room.expel(other, who),
  handOver: ({ room }, who) => room.hosts.handOver(who),
  reclaim: ({ room }) => room.hosts.reclaim('h'),
  acceptRole: ({ room }, who) => room.hosts.answer(who, true),
  declineRole: ({ room }, who) => room.hosts.answer(who, false),
  raise: ({ room }, who) => room.hands.raise(who, true),
  say: ({ room }, who) => room.say(who, 'hello'),
  speak: ({ room, wait }, who) => {
    wait(600);
    room.heard([who]);
  },
};

const step = fc.tuple(
  fc.constantFrom(...Object.keys(actions)),
  fc.constantFrom(...people),
  fc.constantFrom(...people),
);

/** Does it; what makes no sense is refused with a code, and changes nothing that the checks below could see. */
function attempt(open: Open, [action, who, other]: [string, Who, Who]): void {
  try {
    actions[action]?.(open, who, other);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
  }
}

test(
  'whatever happens: one host at most, nobody recorded who did not agree, and everything told keeps the protocol',
  () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const open = openRoom(3);
        const { events, room } = open;
        const recorded = new Set<string>();
        for (const one of steps) {
          attempt(open, one);
          const isRecording = room.recording.state.status !== 'off';
          for (let event = events.shift(); event; event = events.shift()) {
            if (event.type === 'notice') notices[event.notice.name].parse(event.notice.data);
            if (event.type === 'fact') factSchema.parse({ ...event.fact, seq: 1, atMs: 1 });
            if (event.type === 'record') recorded.add(event.connectionId);
            if (event.type === 'unrecord') recorded.delete(event.connectionId);
            if (event.type === 'end' && event.reason === 'removed') room.leave(event.connectionId, 'left');
          }
          if (!isRecording) recorded.clear();
          const members = people.filter((who) => room.has(who));
          expect(members.length).toBe(room.size);
          expect(members.filter((who) => room.member(who).role === 'host').length).toBeLessThanOrEqual(1);
          for (const who of recorded) {
            expect(members).toContain(who);
            expect(room.recording.consentOf(who)).toBe('accepted');
          }
          for (const { connectionId } of room.doors.waiting) expect(members).not.toContain(connectionId);
          for (const who of members) {
            expect(room.snapshotFor(who).people.map(({ connectionId }) => connectionId)).not.toContain(who);
          }
        }
      }),
      { seed: 7, numRuns: RUNS },
    );
  },
  SLOW_MS,
);

test(
  'nobody is recorded who did not press Record or Accept in this recording, and nobody after a “no” until a new Accept',
  () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const open = openRoom(4);
        const { events, room } = open;
        /** Who has said yes, by connection and browser; a "no" is everybody's at that browser. */
        let agreed = new Map<Who, string>();
        const refuse = (key: string) => {
          agreed = new Map([...agreed].filter(([, theirs]) => theirs !== key));
        };
        const browsers = new Map<Who, string>();
        for (const [action, who, other] of steps) {
          const isThere = () => room.has(who) && room.member(who).connected;
          const [wasIn, wasThere] = [room.has(who), isThere()];
          const wasOn = room.recording.state.status !== 'off';
          attempt(open, [action, who, other]);
          const isNew = action.startsWith('join') && !wasThere && isThere();
          if (isNew) browsers.set(who, action === 'joinInAnotherBrowser' ? 'x' : keyOf(who));
          const key = browsers.get(who) ?? '';
          const state = room.recording.state.status;
          // A new recording begins, or one that was agreed to before a restart: nothing else is known of it.
          const hasBegun = !wasOn && state !== 'off';
          if (state === 'off' || hasBegun) agreed.clear();
          if (hasBegun && action === 'record') agreed.set(who, key);
          if (hasBegun && action === 'takeUp') agreed.set(who, keyOf(who));
          if (action === 'joinAccepting' && isNew) agreed.set(who, key);
          if (action === 'accept' && wasIn && state !== 'off' && state !== 'stopping') agreed.set(who, key);
          const saysNo = ['decline', 'withdraw', 'withdrawAndErase'].includes(action) && wasIn;
          if ((saysNo || (action === 'joinDeclining' && isNew)) && state !== 'stopping') refuse(key);
          for (const event of events.splice(0)) {
            if (event.type === 'end' && event.reason === 'removed') room.leave(event.connectionId, 'left');
            if (event.type !== 'record' || !room.has(event.connectionId)) continue;
            const recorded = event.connectionId as Who;
            expect(room.recording.isRecorded(recorded)).toBe(true);
          }
          for (const one of people) {
            if (!room.recording.isRecorded(one)) continue;
            expect([action, who, one, agreed.get(one)]).toEqual([action, who, one, browsers.get(one)]);
          }
        }
      }),
      { seed: 11, numRuns: RUNS },
    );
  },
  SLOW_MS,
);
