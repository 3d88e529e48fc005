import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import type { ErrorBody } from '#protocol/errors.ts';
import {
  answeredFor,
  challengeSchema,
  type Fact,
  factsMessageSchema,
  provenParts,
  type RecorderCommandName,
  type RecorderCommandParams,
  type RecorderCommandResult,
  type RecorderHandshake,
  recorderCommands,
} from '#protocol/recorder.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { makeNonce, proofOf } from '#service/token-proof.ts';
import { RECORDER_TOKEN, type TestSfu } from './test-sfu.ts';
import { until } from './until.ts';

type Command = {
  [N in RecorderCommandName]: { name: N; params: RecorderCommandParams<N> };
}[RecorderCommandName];

/** Shows the SFU that this recorder knows the token, each time it asks. */
export function answerChallenge(socket: Socket, handshake: RecorderHandshake, token = RECORDER_TOKEN): void {
  socket.on('challenge', (data: unknown, answer: (reply: object) => void) => {
    const parts = provenParts(handshake, challengeSchema.parse(data).nonce);
    answer({ proof: proofOf(token, 'recorder-to-sfu', parts) });
  });
}

/** A recorder that writes nothing: real socket, real UDP ports, and a diary of what it was told. */
export class TestRecorder {
  socket: Socket;
  readonly commands: Command[] = [];
  /** Everything that came, repetitions too. */
  readonly received: Fact[] = [];
  /** What it has taken over, as a manifest would hold it. */
  facts: Fact[] = [];
  files: FileProgress[] = [];
  recordingId: string | undefined;
  /** Set: these commands are answered with the error. */
  readonly failing = new Map<RecorderCommandName, ErrorBody>();
  readonly #held = new Map<RecorderCommandName, (() => void)[]>();
  readonly #udp = new Map<string, UdpSocket>();
  readonly #auth: RecorderHandshake;
  datagrams = 0;
  /** That one answer to `describe` tells of. */
  peoplePerPart = 1000;

  static async connect(sfu: TestSfu, changes: Partial<RecorderHandshake> = {}): Promise<TestRecorder> {
    const recorder = new TestRecorder(sfu.url, changes);
    await once(recorder.socket as never, 'welcome');
    return recorder;
  }

  private constructor(url: string, changes: Partial<RecorderHandshake>) {
    const auth: RecorderHandshake = {
      nonce: makeNonce(),
      version: PROTOCOL_VERSION,
      recorderId: 'rec-1',
      instanceId: 'process-1',
      capacity: 10,
      ...changes,
    };
    this.#auth = auth;
    this.socket = this.#open(url);
    onTestFinished(() => this.close());
  }

  /** Its server has died, and another one stands in its place. */
  moveTo(sfu: TestSfu): void {
    this.socket.close();
    this.socket = this.#open(sfu.url);
  }

  #open(url: string): Socket {
    const socket = io(`${url}/recorder`, {
      auth: this.#auth,
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 10,
    });
    answerChallenge(socket, this.#auth);
    for (const name of Object.keys(recorderCommands) as RecorderCommandName[]) {
      socket.on(name, (data, answer) => void this.#take(name, data, answer));
    }
    socket.on('facts', (data, answer) => {
      const { facts } = factsMessageSchema.parse(data);
      this.received.push(...facts);
      for (const fact of facts) if (fact.seq === this.lastFact + 1) this.facts.push(fact);
      answer({ ok: true, lastFact: this.lastFact });
    });
    return socket;
  }

  get lastFact(): number {
    return this.facts.at(-1)?.seq ?? 0;
  }

  /** From now on this command is not answered; the returned function answers it. */
  hold(name: RecorderCommandName): () => void {
    this.#held.set(name, []);
    return () => {
      const waiting = this.#held.get(name) ?? [];
      this.#held.delete(name);
      for (const goOn of waiting) goOn();
    };
  }

  /** The commands of this name so far. */
  named<N extends RecorderCommandName>(name: N): { params: RecorderCommandParams<N> }[] {
    return this.commands
      .filter((command) => command.name === name)
      .map(({ params }) => ({
        params: recorderCommands[name].params.parse(params) as RecorderCommandParams<N>,
      }));
  }

  /** What it was told, in short: `addStream host microphone`. */
  get diary(): string[] {
    return this.commands.map(({ name, params }) => {
      const whose = 'connectionId' in params ? params.connectionId : '';
      const what = 'stream' in params ? params.stream.source : 'reason' in params ? params.reason : '';
      return [name, whose, what].filter(Boolean).join(' ');
    });
  }

  async untilTold(what: string, times = 1): Promise<void> {
    await until(what, () => this.diary.filter((line) => line === what).length >= times);
  }

  /** Resolves once the SFU has taken it. */
  async beat(): Promise<void> {
    const recordings = this.recordingId
      ? [{ recordingId: this.recordingId, lastFact: this.lastFact, files: this.files }]
      : [];
    await new Promise((taken) => this.socket.emit('heartbeat', { recordings }, taken));
  }

  /** Beats with bytes of this person on disk. */
  beatWithBytes(connectionId: string): Promise<void> {
    this.files = [{ connectionId, source: 'camera', state: 'recording', bytes: 5000, durationMs: 400 }];
    return this.beat();
  }

  close(): void {
    this.socket.close();
    for (const udp of this.#udp.values()) udp.close();
    this.#udp.clear();
  }

  async #take(name: RecorderCommandName, data: unknown, answer: (reply: object) => void): Promise<void> {
    const command = { name, params: recorderCommands[name].params.parse(data) } as Command;
    this.commands.push(command);
    const held = this.#held.get(name);
    if (held) await new Promise<void>((resolve) => held.push(resolve));
    const error = this.failing.get(name);
    answer(error ? { ok: false, error } : { ok: true, ...(await this.#carryOut(command)) });
  }

  async #carryOut(command: Command): Promise<object> {
    if (command.name === 'describe') return this.#describe(command.params.from);
    if (command.name === 'start') {
      this.#start = command.params;
      this.recordingId = command.params.recordingId;
      return { lastFact: this.lastFact };
    }
    if (command.name === 'stop') {
      this.recordingId = undefined;
      return { files: [], bytes: 0 };
    }
    if (command.name !== 'openReceiver') return {};
    return { endpoint: await this.#bind(command.params.connectionId) };
  }

  #describe(from = 0): RecorderCommandResult<'describe'> {
    if (!this.#start) throw new Error('there is no recording');
    const { meetingId, meetingName, sfuInstanceId, startedAtMs } = this.#start;
    const ids = this.facts.flatMap((fact) => (fact.type === 'joined' ? [fact.connectionId] : []));
    const all = [...new Set(ids)].map((connectionId) => {
      const mine = this.facts.filter((fact) => 'connectionId' in fact && fact.connectionId === connectionId);
      const answer = this.facts.findLast(
        (fact) => fact.type === 'consent' && answeredFor(fact).includes(connectionId),
      );
      const isIn = mine.findLast(({ type }) => type === 'joined' || type === 'left')?.type === 'joined';
      const joined = mine.find((fact) => fact.type === 'joined');
      const marks = joined?.type === 'joined' ? joined.marks : undefined;
      const consent = answer?.type === 'consent' ? answer.consent : undefined;
      return { connectionId, isIn, ...(consent && { consent }), ...(marks && { marks }) };
    });
    const people = all.slice(from, from + this.peoplePerPart);
    const more = all.length > from + people.length;
    const { lastFact } = this;
    const doors = this.named('keepDoors').at(-1)?.params.doors;
    const { audioCodec } = this.#start;
    const parts = {
      ...{ people, ...(more && { more }), ...(doors && { doors }) },
      ...(audioCodec && { audioCodec }),
    };
    return { meetingId, meetingName, sfuInstanceId, startedAtMs, lastFact, ...parts };
  }

  #start: RecorderCommandParams<'start'> | undefined;

  async #bind(connectionId: string): Promise<{ address: string; port: number }> {
    const known = this.#udp.get(connectionId);
    const udp = known ?? createSocket('udp4');
    if (!known) {
      this.#udp.set(connectionId, udp);
      udp.on('message', () => {
        this.datagrams += 1;
      });
      udp.bind(0, '127.0.0.1');
      await once(udp, 'listening');
    }
    return { address: '127.0.0.1', port: udp.address().port };
  }
}
