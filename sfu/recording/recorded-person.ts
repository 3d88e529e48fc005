import { type ErrorCode, Fault } from '#protocol/errors.ts';
import type { ProducerInfo } from '#protocol/people.ts';
import type { Endpoint } from '#protocol/recorder.ts';
import type { Clock } from '#service/clock.ts';
import type { Unrecording } from '../room/room-event.ts';
import { LostStreams, REPLACE_MS } from './lost-streams.ts';
import type { RecorderLink } from './recorder-link.ts';
import type { PathStream, RecorderPath } from './recorder-path.ts';
import { Settling } from './settling.ts';

/** What could not be done for a person is tried again after this. */
const RETRY_MS = 2000;
/** What the recorder refuses with these codes it refuses for ever. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['stream-unsupported', 'recording-full']);

export interface RecordedPersonHost {
  recordingId: string;
  connectionId: string;
  clock: Clock;
  /** One that nobody else uses. @throws Fault `ports-exhausted`, `media-failed` */
  openPath(): Promise<RecorderPath>;
  /** Of those that one network may have recorded. @returns gives it back. @throws Fault `network-full` */
  takePlace(): () => void;
  /** True once Stop was sent: who is not recorded by then is not any more. */
  isSealed(): boolean;
  /** This person, or one of their streams, cannot be recorded now. */
  failed(connectionId: string, fault: Fault): void;
  /** Everything that is wanted of this person reaches the recorder. */
  succeeded(connectionId: string): void;
  /** Resolves when the recorder has taken over every fact. @throws Fault `recorder-lost`, or the recorder's own */
  factsTold(): Promise<void>;
}

/**
 * One person's recording, brought step by step from what is to what is wanted: the receiver on the recorder, the
 * transport to it, a stream per producer. Each step is idempotent, so after a reconnect it simply runs again.
 */
export class RecordedPerson {
  readonly #host: RecordedPersonHost;
  readonly #who: Pick<RecordedPersonHost, 'recordingId' | 'connectionId'>;
  #wanted: readonly ProducerInfo[] | undefined;
  /** Not carried out yet; comes before anything that is wanted since. */
  #closing: { why: Unrecording; done: PromiseWithResolvers<void> } | undefined;
  #link: RecorderLink | undefined;
  #path: RecorderPath | undefined;
  /** The link over which the receiver was opened, and its port. */
  #receiver: { link: RecorderLink; endpoint: Endpoint; connected: boolean } | undefined;
  readonly #lost = new LostStreams();
  readonly #settling = new Settling(
    () => this.#step(),
    (cause) => this.#stepFailed(Fault.from(cause)),
  );
  #ended = false;
  #givePlace: (() => void) | undefined;
  #cancelRetry: () => void = () => {};
  #cancelReplace: () => void = () => {};

  constructor(host: RecordedPersonHost) {
    this.#host = host;
    this.#who = { recordingId: host.recordingId, connectionId: host.connectionId };
  }

  /** Whether a place on the recorder is taken for them. */
  get isWanted(): boolean {
    return this.#wanted !== undefined;
  }

  /** Records exactly these producers from now on. */
  want(producers: readonly ProducerInfo[]): void {
    this.#wanted = producers;
    this.#settling.changed();
  }

  /** Completes the files, and erases them where that is asked for. */
  unwant(why: Unrecording): void {
    this.#wanted = undefined;
    const { done, why: before } = this.#closing ?? { done: Promise.withResolvers<void>(), why: undefined };
    // Nobody may wait for it.
    done.promise.catch(() => undefined);
    this.#closing = { why: { reason: why.reason, erase: why.erase || (before?.erase ?? false) }, done };
    this.#lost.clear();
    this.#leavePlace();
    this.#dropPath();
    this.#settling.changed();
  }

  /** Resolves when the recorder has carried out the last `unwant`. @throws Fault `erasure-pending` when it will not be here */
  closed(): Promise<void> {
    return this.#closing?.done.promise ?? Promise.resolve();
  }

  /** The recorder is there; undefined: it is lost, media is kept for its return. */
  use(link: RecorderLink | undefined): void {
    this.#link = link;
    this.#receiver = undefined;
    this.#path?.untold();
    this.#settling.changed();
  }

  /** The media worker is gone, and everything on it. */
  mediaLost(): void {
    const { clock } = this.#host;
    this.#lost.add(this.#path?.streams.values() ?? [], clock.nowMs());
    this.#cancelReplace();
    this.#cancelReplace = clock.after(REPLACE_MS, () => this.#settling.changed());
    this.#dropPath();
    this.#settling.changed();
  }

  /** @param isCarriedOut the recorder has ended the recording, and everything that it was told before */
  end(isCarriedOut: boolean): void {
    this.#ended = true;
    this.#settling.end();
    if (isCarriedOut) this.#closing?.done.resolve();
    else this.#closing?.done.reject(new Fault('erasure-pending'));
    this.#cancelRetry();
    this.#cancelReplace();
    this.#leavePlace();
    this.#dropPath();
  }

  /** A lost recorder is waited for: `use` comes with its return. Everything else is tried again in a while. */
  #stepFailed(fault: Fault): void {
    if (this.#ended || (fault.code === 'recorder-lost' && !this.#link?.alive)) return;
    // What we waited for belonged to a state that is no longer wanted: the next step is due already.
    if (this.#settling.isStale) return;
    this.#host.failed(this.#host.connectionId, fault);
    this.#cancelRetry();
    this.#cancelRetry = this.#host.clock.after(RETRY_MS, () => this.#settling.changed());
  }

  async #step(): Promise<void> {
    if (this.#closing) await this.#closeReceiver(this.#closing.why);
    if (!this.#wanted || this.#closing || this.#host.isSealed()) return;
    this.#givePlace ??= this.#host.takePlace();
    const link = this.#link;
    // The transport and its streams are made while the recorder still opens its socket, or its recording.
    const opening = link && this.#openReceiver(link);
    const preparing = this.#prepare(this.#wanted);
    const reaching = link && opening && preparing.then((path) => this.#reach(link, path, opening));
    await Promise.all([opening, preparing, reaching]);
  }

  /** Has what is wanted flow to the recorder. */
  async #reach(link: RecorderLink, path: RecorderPath, opening: Promise<Endpoint>): Promise<void> {
    // One that leads to a port already must be known to lead to this one.
    if (path.isConnected && !path.fits(link, await opening)) {
      if (this.#path !== path) return;
      this.#dropPath();
      this.#settling.changed();
      return;
    }
    if (this.#path !== path || this.#host.isSealed()) return;
    await this.#connect(link, path, opening);
    await this.#removeLost(link);
    if (!path.hasRefused && !this.#settling.isStale) this.#host.succeeded(this.#host.connectionId);
  }

  async #closeReceiver(why: Unrecording): Promise<void> {
    const link = this.#link;
    if (!link) return;
    // The recorder ends a person by the fact of their "no": one that came later would end what is recorded after a new "yes".
    if (why.reason === 'withdrawn') await this.#host.factsTold();
    await link.command('closeReceiver', { ...this.#who, ...why });
    this.#receiver = undefined;
    if (this.#closing?.why !== why) return;
    this.#closing.done.resolve();
    this.#closing = undefined;
  }

  async #openReceiver(link: RecorderLink): Promise<Endpoint> {
    if (this.#receiver?.link === link) return this.#receiver.endpoint;
    const { endpoint } = await link.command('openReceiver', this.#who);
    if (this.#link === link) this.#receiver = { link, endpoint, connected: false };
    return endpoint;
  }

  /** The transport, with a stream for each producer that is wanted and none for others. */
  async #prepare(wanted: readonly ProducerInfo[]): Promise<RecorderPath> {
    const path = this.#path ?? (await this.#openPath());
    await path.prepare(wanted, (id) => this.#wanted?.some(({ producerId }) => producerId === id) ?? false);
    return path;
  }

  async #openPath(): Promise<RecorderPath> {
    const path = await this.#host.openPath();
    if (this.#ended || !this.#wanted) {
      path.close();
      throw new Fault('media-failed');
    }
    this.#path = path;
    return path;
  }

  async #connect(link: RecorderLink, path: RecorderPath, opening: Promise<Endpoint>): Promise<void> {
    const connecting = opening.then((endpoint) => path.connect(link, endpoint));
    const told = this.#connectReceiver(link, path);
    // What the worker is asked it does in order: streams do not wait for it to answer that it is connected.
    const ready = Promise.all([opening, told]);
    const wanted = this.#wanted ?? [];
    await Promise.all([
      Promise.all([connecting, ready]).then(() => this.#isConnected(link, path)),
      ...[...path.streams].map(([producerId, entry]) => {
        const producer = wanted.find((one) => one.producerId === producerId);
        return producer
          ? this.#startStream(link, entry, producer, ready)
          : this.#removeStream(link, path, producerId, entry);
      }),
    ]);
  }

  async #connectReceiver(link: RecorderLink, path: RecorderPath): Promise<void> {
    if (this.#receiver?.connected) return;
    await link.command('connectReceiver', { ...this.#who, from: path.from });
  }

  #isConnected(link: RecorderLink, path: RecorderPath): void {
    const receiver = this.#receiver;
    if (receiver?.link === link && this.#path === path) receiver.connected = true;
  }

  /** Created paused, announced, acknowledged, then resumed: so that nothing is sent that cannot be taken. */
  async #startStream(
    link: RecorderLink,
    entry: PathStream,
    producer: ProducerInfo,
    ready: Promise<unknown>,
  ): Promise<void> {
    if (entry.state !== 'untold') return;
    const { paused, silenced, source } = producer;
    const stream = { ...entry.stream.describe(), source, paused, ...(silenced && { silenced }) };
    try {
      await Promise.all([ready, link.command('addStream', { ...this.#who, stream })]);
    } catch (cause) {
      const fault = Fault.from(cause);
      if (!FINAL.has(fault.code)) throw fault;
      entry.state = 'refused';
      this.#host.failed(this.#host.connectionId, fault);
      return;
    }
    if (entry.stream.closed) return;
    await entry.stream.start();
    entry.state = 'flows';
    this.#lost.replaced(source);
  }

  /** Sources that were not sent again in time end as if they had been switched off. */
  async #removeLost(link: RecorderLink): Promise<void> {
    for (const streamId of this.#lost.overdue(this.#host.clock.nowMs())) {
      await link.command('removeStream', { ...this.#who, streamId });
      this.#lost.removed(streamId);
    }
  }

  async #removeStream(
    link: RecorderLink,
    path: RecorderPath,
    producerId: string,
    entry: PathStream,
  ): Promise<void> {
    const { streamId } = entry.stream.describe();
    entry.stream.close();
    if (entry.state !== 'refused') await link.command('removeStream', { ...this.#who, streamId });
    path.streams.delete(producerId);
  }

  #leavePlace(): void {
    this.#givePlace?.();
    this.#givePlace = undefined;
  }

  #dropPath(): void {
    this.#path?.close();
    this.#path = undefined;
    if (this.#receiver) this.#receiver.connected = false;
  }
}
