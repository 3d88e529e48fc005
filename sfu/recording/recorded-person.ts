import { Fault } from '../../protocol/errors.ts';
import type { ProducerInfo, Source } from '../../protocol/people.ts';
import type { Endpoint } from '../../protocol/recorder.ts';
import type { Clock } from '../../service/clock.ts';
import type { RecorderStream, RecorderTransport } from '../media/recorder-transport.ts';
import type { Unrecording } from '../room/room-event.ts';
import type { RecorderLink } from './recorder-link.ts';

/** What could not be done for a person is tried again after this. */
const RETRY_MS = 2000;
/** A page has this long to send a source again after its media worker died; until then its file waits. */
export const REPLACE_MS = 10_000;

export interface RecordedPersonHost {
  recordingId: string;
  connectionId: string;
  clock: Clock;
  /** @throws Fault `ports-exhausted`, `media-failed` */
  openTransport(): Promise<RecorderTransport>;
  /** This person, or one of their streams, cannot be recorded now. */
  failed(connectionId: string, fault: Fault): void;
  /** Everything that is wanted of this person reaches the recorder. */
  succeeded(connectionId: string): void;
}

interface Stream {
  stream: RecorderStream;
  source: Source;
  /** The recorder has acknowledged it, and it flows. */
  flows: boolean;
  /** The recorder does not take it, and will not change its mind. */
  refused: boolean;
}

/** A stream whose worker died: another one of its source takes its place, or it is removed. */
interface LostStream {
  streamId: string;
  source: Source;
  lostAtMs: number;
}

/** The person's transport, and what the recorder knows of it. */
interface Path {
  transport: RecorderTransport;
  /** The recorder's process and port that the transport is connected to: it can be connected once only. */
  connectedTo: { instanceId: string; endpoint: Endpoint } | undefined;
  /** By producer. */
  streams: Map<string, Stream>;
}

/**
 * One person's recording, brought step by step from what is to what is wanted: the receiver on the recorder, the
 * transport to it, a stream per producer. Each step is idempotent, so after a reconnect it simply runs again.
 */
export class RecordedPerson {
  readonly #host: RecordedPersonHost;
  #wanted: readonly ProducerInfo[] | undefined;
  /** Not carried out yet; comes before anything that is wanted since. */
  #closing: Unrecording | undefined;
  #link: RecorderLink | undefined;
  #path: Path | undefined;
  /** The link over which the receiver was opened, and its port. */
  #receiver: { link: RecorderLink; endpoint: Endpoint; connected: boolean } | undefined;
  #lost: LostStream[] = [];
  #running = false;
  #dirty = false;
  #ended = false;
  #cancelRetry: () => void = () => {};
  #cancelReplace: () => void = () => {};

  constructor(host: RecordedPersonHost) {
    this.#host = host;
  }

  /** Whether a place on the recorder is taken for them. */
  get isWanted(): boolean {
    return this.#wanted !== undefined;
  }

  /** Records exactly these producers from now on. */
  want(producers: readonly ProducerInfo[]): void {
    this.#wanted = producers;
    this.#kick();
  }

  /** Completes the files, and erases them where that is asked for. */
  unwant(why: Unrecording): void {
    this.#wanted = undefined;
    this.#closing = { reason: why.reason, erase: why.erase || (this.#closing?.erase ?? false) };
    this.#lost = [];
    this.#dropPath();
    this.#kick();
  }

  /** The recorder is there; undefined: it is lost, media is kept for its return. */
  use(link: RecorderLink | undefined): void {
    this.#link = link;
    this.#receiver = undefined;
    for (const stream of this.#path?.streams.values() ?? []) {
      stream.flows = false;
      stream.refused = false;
    }
    this.#kick();
  }

  /** The media worker is gone, and everything on it. */
  mediaLost(): void {
    const { clock } = this.#host;
    const lostAtMs = clock.nowMs();
    for (const { flows, source, stream } of this.#path?.streams.values() ?? []) {
      if (flows) this.#lost.push({ streamId: stream.describe().streamId, source, lostAtMs });
    }
    this.#cancelReplace();
    this.#cancelReplace = clock.after(REPLACE_MS, () => this.#kick());
    this.#dropPath();
    this.#kick();
  }

  end(): void {
    this.#ended = true;
    this.#cancelRetry();
    this.#cancelReplace();
    this.#dropPath();
  }

  #kick(): void {
    this.#dirty = true;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#dirty && !this.#ended) {
      this.#dirty = false;
      try {
        await this.#step();
      } catch (cause) {
        this.#stepFailed(Fault.from(cause));
      }
    }
    this.#running = false;
  }

  /** A lost recorder is waited for: `use` comes with its return. Everything else is tried again in a while. */
  #stepFailed(fault: Fault): void {
    if (this.#ended || (fault.code === 'recorder-lost' && !this.#link?.alive)) return;
    // What we waited for belonged to a state that is no longer wanted: the next step is due already.
    if (this.#dirty) return;
    this.#host.failed(this.#host.connectionId, fault);
    this.#cancelRetry();
    this.#cancelRetry = this.#host.clock.after(RETRY_MS, () => this.#kick());
  }

  async #step(): Promise<void> {
    if (this.#closing) await this.#closeReceiver(this.#closing);
    if (!this.#wanted || this.#closing) return;
    const link = this.#link;
    // The transport and its streams are made while the recorder still opens its socket, or its recording.
    const [endpoint, path] = await Promise.all([
      link && this.#openReceiver(link),
      this.#prepare(this.#wanted),
    ]);
    if (!link || !endpoint || this.#path !== path) return;
    const { connectedTo } = path;
    if (
      connectedTo &&
      (connectedTo.instanceId !== link.instanceId || !isSame(connectedTo.endpoint, endpoint))
    ) {
      this.#dropPath();
      this.#dirty = true;
      return;
    }
    await this.#connect(link, path, endpoint);
    await this.#removeLost(link);
    const refused = [...path.streams.values()].some((entry) => entry.refused);
    if (!refused && !this.#dirty) this.#host.succeeded(this.#host.connectionId);
  }

  async #closeReceiver(closing: Unrecording): Promise<void> {
    const link = this.#link;
    if (!link) return;
    const { connectionId, recordingId } = this.#host;
    await link.command('closeReceiver', { recordingId, connectionId, ...closing });
    this.#receiver = undefined;
    if (this.#closing === closing) this.#closing = undefined;
  }

  async #openReceiver(link: RecorderLink): Promise<Endpoint> {
    if (this.#receiver?.link === link) return this.#receiver.endpoint;
    const { connectionId, recordingId } = this.#host;
    const { endpoint } = await link.command('openReceiver', { recordingId, connectionId });
    if (this.#link === link) this.#receiver = { link, endpoint, connected: false };
    return endpoint;
  }

  /** The transport, with a stream for each producer that is wanted and none for others. */
  async #prepare(wanted: readonly ProducerInfo[]): Promise<Path> {
    const path = this.#path ?? (await this.#openPath());
    const isNew = ({ producerId }: ProducerInfo): boolean => !path.streams.has(producerId);
    await Promise.all(wanted.filter(isNew).map((producer) => this.#consume(path, producer)));
    return path;
  }

  async #openPath(): Promise<Path> {
    const transport = await this.#host.openTransport();
    if (this.#ended || !this.#wanted) {
      transport.close();
      throw new Fault('media-failed');
    }
    this.#path = { transport, connectedTo: undefined, streams: new Map() };
    return this.#path;
  }

  async #consume(path: Path, { producerId, source }: ProducerInfo): Promise<void> {
    try {
      const stream = await path.transport.consume(producerId);
      path.streams.set(producerId, { stream, source, flows: false, refused: false });
    } catch (cause) {
      // A producer that has just closed is no failure: what is wanted changes with it.
      if (path.transport.closed || !this.#wanted?.some((one) => one.producerId === producerId)) return;
      throw cause;
    }
  }

  async #connect(link: RecorderLink, path: Path, endpoint: Endpoint): Promise<void> {
    const connecting = this.#connectBoth(link, path, endpoint);
    const wanted = this.#wanted ?? [];
    await Promise.all([
      connecting,
      ...[...path.streams].map(([producerId, entry]) => {
        const producer = wanted.find((one) => one.producerId === producerId);
        return producer
          ? this.#startStream(link, entry, producer, connecting)
          : this.#removeStream(link, path, producerId, entry);
      }),
    ]);
  }

  async #connectBoth(link: RecorderLink, path: Path, endpoint: Endpoint): Promise<void> {
    const { connectionId, recordingId } = this.#host;
    const receiver = this.#receiver;
    if (receiver?.connected) return;
    await Promise.all([
      path.connectedTo ?? this.#connectTransport(link, path, endpoint),
      link.command('connectReceiver', { recordingId, connectionId, from: path.transport.from }),
    ]);
    if (receiver && this.#path === path) receiver.connected = true;
  }

  async #connectTransport(link: RecorderLink, path: Path, endpoint: Endpoint): Promise<void> {
    await path.transport.connect(endpoint);
    path.connectedTo = { instanceId: link.instanceId, endpoint };
  }

  /** Created paused, announced, acknowledged, then resumed: so that nothing is sent that cannot be taken. */
  async #startStream(
    link: RecorderLink,
    entry: Stream,
    producer: ProducerInfo,
    connecting: Promise<void>,
  ): Promise<void> {
    if (entry.flows || entry.refused) return;
    const { connectionId, recordingId } = this.#host;
    const { source, paused } = producer;
    const stream = { ...entry.stream.describe(), source, paused };
    try {
      await Promise.all([connecting, link.command('addStream', { recordingId, connectionId, stream })]);
    } catch (cause) {
      const fault = Fault.from(cause);
      if (fault.code !== 'stream-unsupported') throw fault;
      entry.refused = true;
      this.#host.failed(connectionId, fault);
      return;
    }
    if (entry.stream.closed) return;
    await entry.stream.start();
    entry.flows = true;
    this.#lost = this.#lost.filter((one) => one.source !== source);
  }

  /** Sources that were not sent again in time end as if they had been switched off. */
  async #removeLost(link: RecorderLink): Promise<void> {
    const { clock, connectionId, recordingId } = this.#host;
    const overdue = this.#lost.filter(({ lostAtMs }) => clock.nowMs() - lostAtMs >= REPLACE_MS);
    for (const one of overdue) {
      await link.command('removeStream', { recordingId, connectionId, streamId: one.streamId });
      this.#lost = this.#lost.filter((other) => other !== one);
    }
  }

  async #removeStream(link: RecorderLink, path: Path, producerId: string, entry: Stream): Promise<void> {
    const { connectionId, recordingId } = this.#host;
    const { streamId } = entry.stream.describe();
    entry.stream.close();
    if (!entry.refused) await link.command('removeStream', { recordingId, connectionId, streamId });
    path.streams.delete(producerId);
  }

  #dropPath(): void {
    this.#path?.transport.close();
    this.#path = undefined;
    if (this.#receiver) this.#receiver.connected = false;
  }
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.address === b.address && a.port === b.port;
}
