import { type ErrorBody, Fault } from '#protocol/errors.ts';
import type { Endpoint, Fact, RecorderCommandParams } from '#protocol/recorder.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import type { ManualClock } from '#service/testing/manual-clock.ts';
import type { RecorderTransport } from '../media/recorder-transport.ts';
import type { RecorderDirectory } from '../recording/recorder-directory.ts';
import type { RecorderLink } from '../recording/recorder-link.ts';

/** `silent`: it is stopped, and neither beats nor answers; `refuses`: it opens nothing. */
type Mood = 'answers' | 'slow' | 'silent' | 'refuses';
type Answer = (reply: unknown) => void;

/** A recorder without sockets and files: what it was told, and what it answers, as a test wants it to. */
export class PretendedRecorder {
  readonly recorderId: string;
  readonly #clock: ManualClock;
  readonly #stored: Map<string, Fact[]>;
  #link: RecorderLink | undefined;
  readonly #waiting: (() => void)[] = [];
  mood: Mood = 'answers';
  start: RecorderCommandParams<'start'> | undefined;
  /** Up to which fact it was told when they were ended last. */
  readonly #closedAt = new Map<string, number>();
  /** As the last heartbeat said. */
  files: FileProgress[] = [];
  beatAtMs = Number.NEGATIVE_INFINITY;
  readonly faults: string[] = [];

  /** @param stored what is on the disk that all recorders share */
  constructor(recorderId: string, clock: ManualClock, stored: Map<string, Fact[]>) {
    this.recorderId = recorderId;
    this.#clock = clock;
    this.#stored = stored;
  }

  get facts(): Fact[] {
    const { recordingId = '' } = this.start ?? {};
    const facts = this.#stored.get(recordingId) ?? [];
    this.#stored.set(recordingId, facts);
    return facts;
  }

  connect(directory: RecorderDirectory): void {
    const { recorderId } = this;
    const handshake = { recorderId, instanceId: recorderId, capacity: 10, nonce: '', version: 1 };
    this.#link = directory.add(handshake, {
      send: (event, data, answer) => this.#take(event, data, answer),
      disconnect: () => {},
    });
  }

  beat(files: FileProgress[]): void {
    if (this.mood === 'silent') return;
    this.files = files;
    this.beatAtMs = this.#clock.nowMs();
    const recordings = this.start
      ? [{ recordingId: this.start.recordingId, lastFact: this.facts.length, files }]
      : [];
    this.#link?.beat({ recordings });
  }

  become(mood: Mood): void {
    this.mood = mood;
  }

  /** What it was slow to answer is answered. */
  catchUp(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }

  /** It ends the recording by itself. */
  end(error: ErrorBody): void {
    const { recordingId } = this.start ?? {};
    if (recordingId === undefined || this.mood === 'silent') return;
    this.#forget();
    this.#link?.ended(recordingId, error);
  }

  endpointOf(connectionId: string): Endpoint {
    return { address: `${this.recorderId} ${connectionId}`, port: 1 };
  }

  #take(event: string, data: object, answer: Answer): void {
    if (this.mood === 'silent') return;
    if (this.mood === 'slow') this.#waiting.push(() => this.#answer(event, data, answer));
    else this.#answer(event, data, answer);
  }

  #answer(event: string, data: object, answer: Answer): void {
    const {
      connectionId = '',
      facts,
      reason,
    } = data as {
      connectionId?: string;
      facts?: Fact[];
      reason?: string;
    };
    if (event === 'start' && this.mood === 'refuses') {
      answer({ ok: false, error: new Fault('disk-full').toBody() });
      return;
    }
    if (event === 'start') this.start = data as RecorderCommandParams<'start'>;
    if (!this.start) {
      answer({ ok: false, error: new Fault('recording-off').toBody() });
      return;
    }
    if (facts) for (const fact of facts) if (fact.seq === this.facts.length + 1) this.facts.push(fact);
    if (event === 'closeReceiver') this.#close(connectionId, reason);
    const lastFact = this.facts.length;
    if (event === 'stop') this.#forget();
    const endpoint = this.endpointOf(connectionId);
    answer({ ok: true, lastFact, endpoint, files: [], bytes: 0 });
  }

  #close(connectionId: string, reason: string | undefined): void {
    const before = this.#closedAt.get(connectionId) ?? 0;
    this.#closedAt.set(connectionId, this.facts.length);
    const isRefused = this.facts
      .slice(before)
      .some(
        (one) => one.type === 'consent' && one.connectionId === connectionId && one.consent !== 'accepted',
      );
    if (reason === 'withdrawn' && !isRefused)
      this.faults.push(`${connectionId}: closed before their “no” was told`);
  }

  #forget(): void {
    this.start = undefined;
    this.#closedAt.clear();
    this.files = [];
  }
}

/** The way of one person's media, without media. */
export class PretendedTransport {
  readonly connectionId: string;
  readonly from = { address: '127.0.0.1', port: 1 };
  closed = false;
  #to: Endpoint | undefined;
  readonly #streams = new Set<{ flows: boolean; closed: boolean }>();
  #count = 0;

  constructor(connectionId: string) {
    this.connectionId = connectionId;
  }

  /** Where media flow to at this moment. */
  get flowsTo(): string | undefined {
    const flows = !this.closed && [...this.#streams].some((one) => one.flows && !one.closed);
    return flows ? this.#to?.address : undefined;
  }

  async connect(endpoint: Endpoint): Promise<void> {
    this.#to = endpoint;
  }

  async consume(producerId: string): Promise<object> {
    if (this.closed) throw new Fault('media-failed');
    this.#count += 1;
    const streamId = `${producerId} ${this.#count}`;
    const stream = {
      flows: false,
      closed: false,
      describe: () => ({ streamId, kind: 'video', ssrc: 1, codec: { mimeType: 'video/H264' } }),
      start: async () => {
        stream.flows = true;
      },
      close: () => {
        stream.closed = true;
      },
    };
    this.#streams.add(stream);
    return stream;
  }

  close(): void {
    this.closed = true;
  }

  asTransport(): RecorderTransport {
    return this as unknown as RecorderTransport;
  }
}
