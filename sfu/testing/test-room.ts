import { type ErrorBody, Fault } from '#protocol/errors.ts';
import type { Role } from '#protocol/people.ts';
import type { KeptDoors } from '#protocol/recorder.ts';
import type { FileProgress, RecordingState } from '#protocol/recording-state.ts';
import { step } from '../recording/recording-machine.ts';
import { type Choice, type Event, problemOf, type State, statusOf } from '../recording/recording-states.ts';
import type { EarlierAnswer } from '../room/answers.ts';
import { marksOf } from '../room/marks.ts';
import { Room } from '../room/room.ts';
import type { RoomEvent } from '../room/room-event.ts';

export const camera = { producerId: 'c1', source: 'camera' as const, paused: false };

const recorder: Choice = { recorderId: 'rec-1', free: 10, expectedRoom: 10 };

/** A room's recording with a recorder that does at once what it is told: the machine, and what that has the room do. */
class PretendedRecording {
  readonly #room: () => Room;
  readonly #nowMs: () => number;
  #state: State<Choice> = { name: 'off' };
  #what = { recordingId: '', startedAtMs: 0 };
  #begin: () => void = () => {};

  constructor(room: () => Room, nowMs: () => number) {
    this.#room = room;
    this.#nowMs = nowMs;
  }

  get state(): RecordingState {
    const status = statusOf(this.#state);
    const { recordingId, startedAtMs } = this.#what;
    if (status === 'off') return { status };
    if (status !== 'recording') return { status, recordingId };
    return { status, recordingId, elapsedMs: this.#nowMs() - startedAtMs };
  }

  /** @param by who pressed Record @throws Fault `recording-on` */
  start(recordingId: string, startedAtMs: number, by: string): void {
    this.#opens(recordingId, startedAtMs, () => this.#room().recording.begin(recordingId, by));
    this.take({ type: 'record', recorders: [recorder] });
    this.take({ type: 'opened', recorder, lastFact: 0 });
  }

  /** @throws Fault `recording-on` */
  takeUp(recordingId: string, startedAtMs: number, answers: readonly EarlierAnswer[]): void {
    this.#opens(recordingId, startedAtMs, () => this.#room().recording.takeUp(recordingId, answers));
    this.take({ type: 'take-up', recorderId: recorder.recorderId, recorders: [] });
  }

  heartbeat(files: readonly FileProgress[]): void {
    if (this.#state.name === 'off') return;
    this.#comeBack();
    this.take({ type: 'beat', recorder, isLit: this.#room().recording.heartbeat(files) });
    this.#room().recording.progressed();
  }

  recorderLost(): void {
    this.take({ type: 'lost', recorder, recorders: [] });
  }

  /** @throws Fault `recording-off` */
  stop(): void {
    if (['off', 'stopping'].includes(this.state.status)) throw new Fault('recording-off');
    this.take({ type: 'stop', reason: 'host' });
  }

  over(error?: ErrorBody): void {
    this.#comeBack();
    if (error) this.take({ type: 'ended', recorder, error });
    this.take({ type: 'stop', reason: 'host' });
    this.take({ type: 'drained' });
    this.take({ type: 'stopped' });
  }

  take(event: Event<Choice>): void {
    const before = statusOf(this.#state);
    const { effects, state } = step(this.#state, event, this.#nowMs());
    this.#state = state;
    const { recording } = this.#room();
    if (statusOf(state) !== before) recording.changed();
    for (const effect of effects) {
      if (effect.type === 'begin') this.#begin();
      if (effect.type === 'stall') recording.stalled();
      if (effect.type === 'end') recording.over(problemOf(effect.outcome));
    }
  }

  #comeBack(): void {
    this.take({ type: 'look', recorders: [recorder] });
    this.take({ type: 'opened', recorder, lastFact: 0 });
  }

  #opens(recordingId: string, startedAtMs: number, begin: () => void): void {
    if (this.state.status !== 'off') throw new Fault('recording-on');
    this.#state = { name: 'off' };
    this.#what = { recordingId, startedAtMs };
    this.#begin = begin;
  }
}

/** A room, with what follows from each change in short. */
export function openRoom(maxPeople = 10, doors?: KeptDoors) {
  const events: RoomEvent[] = [];
  let nowMs = 1000;
  const recording = new PretendedRecording(
    () => room,
    () => nowMs,
  );
  const room: Room = new Room({
    ...{ meetingName: 'Weekly', maxPeople, doors },
    nowMs: () => nowMs,
    recording: () => recording.state,
    emit: (event) => {
      events.push(event);
      if (event.type === 'unrecord' && !room.recording.isLit) recording.take({ type: 'dark' });
    },
  });
  return {
    room,
    recording,
    events,
    /** @param key of the browser that they come with; each has its own, unless it is said */
    join: (
      connectionId: string,
      tokenRole: Role = 'participant',
      consent?: 'accepted' | 'declined' | 'pending',
      key = connectionId,
    ) =>
      room.join(
        { connectionId, name: connectionId, tokenRole, marks: marksOf('m', { key, subject: undefined }) },
        consent,
      ),
    wait: (byMs: number) => {
      nowMs += byMs;
    },
    /** What has followed since the last call; what people are told of their own recording only where it is asked for. */
    news: ({ own = false } = {}) =>
      events
        .splice(0)
        .map(inShort)
        .filter((line) => line !== 'doors' && (own || !line.endsWith('ownRecordingChanged'))),
  };
}

function inShort(event: RoomEvent): string {
  switch (event.type) {
    case 'record':
      return `record ${event.connectionId} ${event.producers.length}`;
    case 'unrecord':
      return `unrecord ${event.connectionId} ${event.reason}${event.erase ? ' erase' : ''}`;
    case 'end':
      return `end ${event.connectionId} ${event.reason}`;
    case 'doors':
      return 'doors';
    case 'offer':
      return `offer ${event.number}`;
    case 'fact': {
      const { fact } = event;
      const what =
        'consent' in fact ? fact.consent : 'connectionIds' in fact ? fact.connectionIds.join() : '';
      const isAway = fact.type === 'away' ? `${fact.away}` : '';
      return ['fact', fact.type, 'connectionId' in fact ? fact.connectionId : '', what, isAway]
        .filter(Boolean)
        .join(' ');
    }
    case 'notice': {
      const { audience, notice } = event;
      const whom = 'connectionId' in audience ? audience.connectionId : audience.to;
      return `${whom}: ${notice.name}`;
    }
  }
}

export function codeOf(attempt: () => void): string {
  try {
    attempt();
    return 'ok';
  } catch (cause) {
    return Fault.from(cause).code;
  }
}
