import { Fault } from '#protocol/errors.ts';
import type { RecorderHandshake } from '#protocol/recorder.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { OrphanRecordings } from './orphan-recordings.ts';
import { RecorderLink, type RecorderSocket } from './recorder-link.ts';
import { withMostRoom } from './recording-machine.ts';

/** The recorders that are connected, by their id, and which of them takes the next recording. */
export class RecorderDirectory {
  readonly #links = new Map<string, RecorderLink>();
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #watchers = new Set<() => void>();
  /** Recordings that are being made and that nobody here knows. */
  readonly orphans: OrphanRecordings;

  /** @param sfuInstanceId of this process */
  constructor(clock: Clock, log: Log, sfuInstanceId: string) {
    this.#clock = clock;
    this.#log = log;
    this.orphans = new OrphanRecordings(clock, log, sfuInstanceId);
  }

  get all(): readonly RecorderLink[] {
    return [...this.#links.values()];
  }

  get alive(): readonly RecorderLink[] {
    return this.all.filter((link) => link.alive);
  }

  /**
   * A recorder has connected. The same process (its old socket may not be known to be dead yet) takes its own place;
   * another one under the same id only when the first no longer beats.
   * @throws Fault `recorder-id-taken`
   */
  add(handshake: RecorderHandshake, socket: RecorderSocket): RecorderLink {
    this.checkFree(handshake);
    const { recorderId, instanceId } = handshake;
    this.#links.get(recorderId)?.close();
    const link = new RecorderLink(handshake, socket, this.#clock, {
      back: () => {
        this.#log.info('recorder-alive', { recorderId, instanceId });
        for (const tell of [...this.#watchers]) tell();
      },
      lost: () => this.#log.warn('recorder-lost', { recorderId, instanceId }),
      orphan: (from, recordingId) => this.orphans.seen(from, recordingId),
    });
    this.#links.set(recorderId, link);
    // It has just spoken to us: the handshake counts as its first heartbeat.
    link.beat({ recordings: [] });
    return link;
  }

  /** @throws Fault `recorder-id-taken` */
  checkFree({ recorderId, instanceId }: Pick<RecorderHandshake, 'recorderId' | 'instanceId'>): void {
    const known = this.#links.get(recorderId);
    if (known?.alive && known.instanceId !== instanceId) throw new Fault('recorder-id-taken');
  }

  /** Its socket is gone. */
  remove(link: RecorderLink): void {
    if (this.#links.get(link.recorderId) === link) this.#links.delete(link.recorderId);
    link.close();
  }

  /**
   * Recorders with room for somebody, the one that will have most room first.
   * @throws Fault `no-recorder`, `recorder-full`
   */
  candidates(): readonly [RecorderLink, ...RecorderLink[]] {
    const { alive } = this;
    if (alive.length === 0) throw new Fault('no-recorder');
    const [first, ...others] = withMostRoom(alive);
    if (!first) throw new Fault('recorder-full');
    return [first, ...others];
  }

  /** Calls `watcher` whenever a recorder becomes usable; the returned function ends it. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  close(): void {
    for (const link of this.all) this.remove(link);
  }
}
