import { networkInterfaces } from 'node:os';
import { createWorker, type types } from 'mediasoup';
import { Fault } from '#protocol/errors.ts';
import type { VideoCodec } from '#protocol/people.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { RECEIVE_BUFFER_BYTES } from '#service/receive-buffer.ts';
import { boundWorker } from './bound-worker.ts';
import { routerCodecs } from './codecs.ts';
import { announcedFor } from './listen-address.ts';
import { asMedia } from './media-fault.ts';

/** After a worker that does not start again; the first restart is at once. */
const RESTART_DELAY_MS = 1000;

export interface WorkerPoolOptions {
  /** One per core. */
  count: number;
  /** Worker i listens on this port plus i, UDP and TCP. */
  rtcPort: number;
  host: string;
  announcedAddress: string | undefined;
  workerBin: string | undefined;
  clock: Clock;
  log: Log;
}

/** A worker process with its port. */
interface MediaWorker {
  index: number;
  worker: types.Worker;
  server: types.WebRtcServer;
  routers: Set<types.Router>;
  /** Browsers connected through this worker. */
  transports: number;
}

/** A meeting's place on a worker. */
export interface RouterSeat {
  router: types.Router;
  server: types.WebRtcServer;
  worker: types.Worker;
}

/** The media workers: started together, started again when one dies. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #workers = new Map<number, MediaWorker>();
  /** Those who wait for a worker while there is none; undefined: it did not start. */
  #waiting: ((worker: MediaWorker | undefined) => void)[] = [];
  #closed = false;
  /** Workers that died since the start. */
  deaths = 0;

  /** @throws Fault `port-busy`, `media-failed` */
  static async open(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    const starts = Array.from({ length: options.count }, (_, index) => pool.#start(index));
    const results = await Promise.allSettled(starts);
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) return pool;
    pool.close();
    throw failed.reason;
  }

  private constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** Workers that serve now, of `size`. */
  get alive(): number {
    return this.#workers.size;
  }

  get size(): number {
    return this.#options.count;
  }

  /** Where browsers send to, of all workers. */
  get ports(): number[] {
    return Array.from({ length: this.size }, (_, index) => this.#options.rtcPort + index);
  }

  get routers(): number {
    return [...this.#workers.values()].reduce((sum, one) => sum + one.routers.size, 0);
  }

  get transports(): number {
    return [...this.#workers.values()].reduce((sum, one) => sum + one.transports, 0);
  }

  /**
   * A router on the worker with the fewest browsers; where the only one has died, on its successor.
   * @throws Fault `media-failed`
   */
  async openRouter(videoCodec: VideoCodec): Promise<RouterSeat> {
    const least = this.#leastLoaded() ?? (await this.#nextToStart());
    const router = await asMedia(() => least.worker.createRouter({ mediaCodecs: routerCodecs(videoCodec) }));
    least.routers.add(router);
    router.observer.once('close', () => least.routers.delete(router));
    return { router, server: least.server, worker: least.worker };
  }

  close(): void {
    this.#closed = true;
    for (const { worker } of this.#workers.values()) worker.close();
    this.#workers.clear();
    this.#answerWaiting(undefined);
  }

  #leastLoaded(): MediaWorker | undefined {
    // A worker that has just died tells its routers before it tells us.
    const serving = [...this.#workers.values()].filter(({ worker }) => !worker.closed);
    return serving.sort((a, b) => a.transports - b.transports || a.routers.size - b.routers.size)[0];
  }

  /** @throws Fault `media-failed` */
  async #nextToStart(): Promise<MediaWorker> {
    if (this.#closed) throw new Fault('media-failed');
    const worker = await new Promise<MediaWorker | undefined>((resolve) => this.#waiting.push(resolve));
    if (!worker) throw new Fault('media-failed');
    return worker;
  }

  #answerWaiting(worker: MediaWorker | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const answer of waiting) answer(worker);
  }

  async #start(index: number): Promise<void> {
    const { log, rtcPort, workerBin } = this.#options;
    const worker = await this.#launch(workerBin);
    let server: types.WebRtcServer;
    try {
      server = await worker.createWebRtcServer({ listenInfos: this.#listenInfos(rtcPort + index) });
    } catch (cause) {
      worker.close();
      const where = `${this.#options.host}:${rtcPort + index}`;
      const words = `The media port ${where} cannot be opened. Stop the other program, or choose another RTC_PORT in .env.`;
      throw new Fault('port-busy', words, { cause });
    }
    const entry: MediaWorker = { index, worker, server, routers: new Set(), transports: 0 };
    server.observer.on('webrtctransporthandled', () => {
      entry.transports += 1;
    });
    server.observer.on('webrtctransportunhandled', () => {
      entry.transports -= 1;
    });
    worker.on('died', (cause) => this.#died(entry, cause));
    if (this.#closed) return worker.close();
    this.#workers.set(index, entry);
    this.#answerWaiting(entry);
    log.info('media-worker-started', { index, pid: worker.pid });
  }

  async #launch(workerBin: string | undefined): Promise<types.Worker> {
    try {
      const worker = await createWorker({ logLevel: 'warn', ...(workerBin !== undefined && { workerBin }) });
      boundWorker(worker.pid, this.#options.log);
      return worker;
    } catch (cause) {
      const words = `The media worker does not start: ${(cause as Error).message}. Run npm start again, or set MEDIASOUP_WORKER_BIN.`;
      throw new Fault('media-failed', words, { cause });
    }
  }

  #died(entry: MediaWorker, cause: Error): void {
    const { index } = entry;
    this.deaths += 1;
    this.#workers.delete(index);
    this.#options.log.error('media-worker-died', { index, cause: cause.message });
    this.#restart(index);
  }

  #restart(index: number): void {
    if (this.#closed) return;
    this.#start(index).catch((cause: Error) => {
      this.#options.log.error('media-worker-restart-failed', { index, cause: cause.message });
      this.#options.clock.after(RESTART_DELAY_MS, () => this.#restart(index));
      this.#answerWaiting(undefined);
    });
  }

  #listenInfos(port: number): types.TransportListenInfo[] {
    const { announcedAddress, host } = this.#options;
    const announced = announcedFor(host, announcedAddress, networkInterfaces());
    return (['udp', 'tcp'] as const).map((protocol) => ({
      protocol,
      ip: host,
      port,
      ...(protocol === 'udp' && { recvBufferSize: RECEIVE_BUFFER_BYTES.mediaPort }),
      ...(announced !== undefined && { announcedAddress: announced }),
    }));
  }
}
