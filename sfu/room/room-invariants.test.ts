import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fault } from '../../protocol/errors.ts';
import { factSchema } from '../../protocol/recorder.ts';
import { notices } from '../../protocol/signalling.ts';
import { openRoom } from '../fixtures/test-room.ts';

const RUNS = 150;
const SLOW_MS = 30_000;
const people = ['h', 'a', 'b', 'c'] as const;
type Who = (typeof people)[number];
type Open = ReturnType<typeof openRoom>;

const recordingId = '20261123T101112131Z-abcdefgh';

/** Everything that can be done to a room, by anybody, whether it makes sense now or not. */
const actions: Record<string, (open: Open, who: Who, other: Who) => void> = {
  join: ({ join }, who) => join(who, who === 'h' ? 'host' : 'participant'),
  joinWithConsent: ({ join }, who) => join(who, who === 'h' ? 'host' : 'participant', 'accepted'),
  joinDeclining: ({ join }, who) => join(who, 'participant', 'declined'),
  lose: ({ room }, who) => room.lost(who),
  comeBack: ({ room }, who) => room.back(who),
  leave: ({ room }, who) => room.leave(who, 'left'),
  send: ({ room }, who) => room.addProducer(who, { producerId: `${who}1`, source: 'camera', paused: false }),
  mute: ({ room }, who) => room.setProducerPaused(who, `${who}1`, true),
  stopSending: ({ room }, who) => room.removeProducer(who, `${who}1`),
  record: ({ room }) => room.recording.start(recordingId, 1000),
  takeUp: ({ room }, who) => room.recording.takeUp(recordingId, 1000, new Map([[who, 'accepted']])),
  accept: ({ room }, who) => room.recording.answer(who, 'accepted', undefined),
  withdraw: ({ room }, who) => room.recording.answer(who, 'withdrawn', true),
  beat: ({ room }, who) =>
    room.recording.heartbeat([
      { connectionId: who, source: 'camera', state: 'recording', bytes: 10, durationMs: 5 },
    ]),
  loseRecorder: ({ room }) => room.recording.recorderLost(),
  failToRecord: ({ room }, who) => room.recording.problem(who, 'recorder-full'),
  stop: ({ room }) => room.recording.stop(),
  over: ({ room }) => room.recording.over(),
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
  raise: ({ room }, who) => room.raiseHand(who, true),
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
