import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { type Fact, HEARTBEAT_INTERVAL_MS, HEARTBEAT_TIMEOUT_MS } from '#protocol/recorder.ts';
import { silentLog } from '#service/log.ts';
import { Places } from '#service/places.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { RecorderDirectory } from '../recording/recorder-directory.ts';
import { STOP_WITHIN_MS } from '../recording/recording-machine.ts';
import { marksOf } from '../room/marks.ts';
import { Room } from '../room/room.ts';
import { PretendedRecorder, PretendedTransport } from '../testing/pretended-recorder.ts';
import type { MeetingContext } from './meeting-context.ts';
import { RecordingDesk } from './recording-desk.ts';

const RUNS = 150;
const SLOW_MS = 60_000;
const people = ['h', 'a'] as const;
type Who = (typeof people)[number];
/** What is on its way arrives within so many turns. */
const TURNS = 60;

/** A room with its recordings over two recorders that share a disk; everything else is as it is. */
class World {
  readonly clock = new ManualClock(1000);
  readonly disk = new Map<string, Fact[]>();
  readonly recorders = ['r1', 'r2'].map((id) => new PretendedRecorder(id, this.clock, this.disk));
  readonly transports: PretendedTransport[] = [];
  directory!: RecorderDirectory;
  room!: Room;
  desk!: RecordingDesk;
  /** Stops that are not answered yet, by when they were asked for. */
  readonly #stops = new Map<symbol, number>();
  #before = { recordingId: '', elapsedMs: 0 };

  constructor() {
    this.openServer();
  }

  /** A server process, the first one or another; people come in again. */
  openServer(): void {
    const { clock } = this;
    for (const transport of this.transports.splice(0)) transport.close();
    this.#stops.clear();
    this.directory = new RecorderDirectory(clock, silentLog, `sfu ${clock.nowMs()}`);
    const room = new Room({
      ...{ meetingName: 'Weekly', maxPeople: 9, nowMs: () => clock.nowMs() },
      recording: () => desk.state,
      emit: (event) => {
        const { current } = desk;
        if (event.type === 'fact') current?.fact(event.fact);
        if (event.type === 'record') current?.record(event.connectionId, event.producers);
        if (event.type === 'unrecord') current?.unrecord(event.connectionId, event);
        // Before anything else can happen.
        this.#checkWithdrawals();
      },
    });
    const context = { clock, log: silentLog, directory: this.directory, standbyPlaces: new Places(0) };
    const desk: RecordingDesk = new RecordingDesk({
      ...{ meetingId: 'm', room, takePlace: () => () => {}, networkOf: () => undefined, onOver: () => {} },
      context: { ...context, maxRecordingMs: 3_600_000, sfuInstanceId: 'x' } as unknown as MeetingContext,
      openTransport: async () => this.#openTransport(),
    });
    [this.room, this.desk] = [room, desk];
    for (const who of people) this.join(who, undefined);
    for (const recorder of this.recorders) recorder.connect(this.directory);
  }

  join(who: Who, consent: 'accepted' | undefined): void {
    const marks = marksOf('m', { key: who, subject: undefined });
    const tokenRole = who === 'h' ? 'host' : 'participant';
    this.room.join({ connectionId: who, name: who, tokenRole, marks }, consent);
    this.room.addProducer(who, { producerId: `${who}1`, source: 'camera', paused: false });
  }

  record(): void {
    this.desk.start('h').catch(this.#foreseen);
  }

  stop(): void {
    const id = Symbol();
    this.#stops.set(id, this.clock.nowMs());
    this.desk
      .stop('host')
      .catch(this.#foreseen)
      .finally(() => this.#stops.delete(id));
  }

  /** The server dies, and its successor learns of the recording from the recorder. */
  restart(): void {
    this.directory.close();
    const recorder = this.recorders.find(({ mood, start }) => start && mood === 'answers');
    this.openServer();
    if (!recorder?.start) return;
    const { recordingId, startedAtMs } = recorder.start;
    const consents = people.map((connectionId) => {
      const last = recorder.facts.findLast(
        (one) => one.type === 'consent' && one.connectionId === connectionId,
      );
      return { connectionId, isIn: true, consent: last?.type === 'consent' ? last.consent : undefined };
    });
    this.desk.takeUp({
      ...{ meetingId: 'm', meetingName: 'Weekly', sfuInstanceId: 'before', recordingId, startedAtMs },
      ...{ recorderId: recorder.recorderId, lastFact: recorder.facts.length, people: consents },
    });
  }

  /** Whoever's media flow has bytes on disk. */
  beat(recorder: PretendedRecorder): void {
    const flowing = people.filter((who) => this.#flows().includes(recorder.endpointOf(who).address));
    const file = { source: 'camera', state: 'recording', bytes: 10, durationMs: 5 } as const;
    recorder.beat(flowing.map((connectionId) => ({ ...file, connectionId })));
  }

  async wait(forMs: number): Promise<void> {
    for (let leftMs = forMs; leftMs > 0; leftMs -= HEARTBEAT_INTERVAL_MS) {
      this.clock.advance(Math.min(leftMs, HEARTBEAT_INTERVAL_MS));
      for (const recorder of this.recorders) this.beat(recorder);
      await this.settle();
    }
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) await undefined;
    this.check();
  }

  check(): void {
    this.#checkWithdrawals();
    const { state } = this.room.recording;
    const flows = this.#flows();
    const writers = new Set(flows.map((address) => address.split(' ')[0]));
    if (writers.size > 1) throw new Error('no recording has two writers');
    if (state.status === 'off' && flows.length > 0) throw new Error('nothing flows when nothing is recorded');
    if (state.status === 'recording') {
      const writer = this.recorders.find(({ recorderId }) => recorderId === this.desk.current?.recorderId);
      const isYoung = writer && this.clock.nowMs() - writer.beatAtMs < HEARTBEAT_TIMEOUT_MS;
      const isWritten = writer?.files.some(
        ({ bytes, connectionId }) => bytes > 0 && this.room.recording.isRecorded(connectionId),
      );
      if (!isYoung || !isWritten) throw new Error('[LIGHT2] the light is never lit without bytes');
      const { elapsedMs, recordingId } = state;
      if (recordingId === this.#before.recordingId && elapsedMs < this.#before.elapsedMs) {
        throw new Error('a recording never gets shorter');
      }
      this.#before = { recordingId, elapsedMs };
    }
    for (const askedAtMs of this.#stops.values()) {
      const isLate = this.clock.nowMs() - askedAtMs >= STOP_WITHIN_MS;
      if (isLate) throw new Error('[END3] every Stop is answered within its bound');
    }
    for (const facts of this.disk.values()) {
      for (const [index, { atMs, seq }] of facts.entries()) {
        if (seq !== index + 1) throw new Error('facts are numbered without holes');
        if (atMs < (facts[index - 1]?.atMs ?? 0)) throw new Error('[D4] an epoch never moves time backwards');
      }
    }
    for (const { faults } of this.recorders) if (faults[0]) throw new Error(`[NO1] ${faults[0]}`);
  }

  #checkWithdrawals(): void {
    for (const transport of this.transports) {
      if (transport.flowsTo === undefined || this.room.recording.isRecorded(transport.connectionId)) continue;
      throw new Error(`[NO1] nothing is written after a withdrawal: ${transport.connectionId}`);
    }
  }

  #flows(): string[] {
    return this.transports.flatMap(({ flowsTo }) => flowsTo ?? []);
  }

  #openTransport() {
    // Asked for by whoever is recorded: of these the one that has none.
    const has = (who: Who) => this.transports.some((one) => one.connectionId === who && !one.closed);
    const who = people.find((one) => this.room.recording.isRecorded(one) && !has(one)) ?? 'h';
    const transport = new PretendedTransport(who);
    this.transports.push(transport);
    return transport.asTransport();
  }

  readonly #foreseen = (cause: unknown): void => {
    if (!(cause instanceof Fault)) throw cause;
  };
}

const actions: Record<string, (world: World, who: Who, recorder: PretendedRecorder) => void | Promise<void>> =
  {
    record: (world) => world.record(),
    stop: (world) => world.stop(),
    restart: (world) => world.restart(),
    accept: ({ room }, who) => void room.recording.answer(who, 'accepted', undefined),
    withdraw: ({ room }, who) => void room.recording.answer(who, 'withdrawn', undefined),
    erase: ({ room }, who) => void room.recording.answer(who, 'withdrawn', true),
    leave: ({ room }, who) => room.leave(who, 'left'),
    join: (world, who) => world.join(who, 'accepted'),
    loseMedia: ({ desk, room }) => {
      desk.current?.mediaLost();
      room.mediaReplaced();
    },
    send: ({ room }, who) =>
      room.addProducer(who, { producerId: `${who}1`, source: 'camera', paused: false }),
    beat: (world, _, recorder) => world.beat(recorder),
    answer: (_, __, recorder) => {
      recorder.mood = 'answers';
      recorder.catchUp();
    },
    slow: (_, __, recorder) => recorder.become('slow'),
    hang: (_, __, recorder) => recorder.become('silent'),
    refuse: (_, __, recorder) => recorder.become('refuses'),
    endByItself: (_, __, recorder) => recorder.end(new Fault('disk-full').toBody()),
    waitABit: (world) => world.wait(HEARTBEAT_INTERVAL_MS),
    wait: (world) => world.wait(2 * HEARTBEAT_TIMEOUT_MS),
  };

const action = fc.tuple(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...Object.keys(actions)) },
    // Without these there is little to see.
    { weight: 2, arbitrary: fc.constantFrom('record', 'accept', 'answer', 'waitABit') },
  ),
  fc.constantFrom(...people),
  fc.nat(1),
);

test(
  '[LIGHT2] [NO1] [END3] whatever recorders, people and the network do, a recording keeps what it promises',
  async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 50, size: 'max' }), async (steps) => {
        const world = new World();
        for (const [name, who, number] of steps) {
          const recorder = world.recorders[number];
          if (!recorder) continue;
          try {
            await actions[name]?.(world, who, recorder);
          } catch (cause) {
            // What makes no sense now.
            if (!(cause instanceof Fault)) throw cause;
          }
          await world.settle();
          seen.add(world.room.recording.state.status);
        }
      }),
      { seed: 3, numRuns: RUNS },
    );
    expect([...seen].sort()).toEqual(['lost', 'off', 'recording', 'starting', 'stopping', 'waiting']);
  },
  SLOW_MS,
);
