import type { RecorderCommandResult } from '#protocol/recorder.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { RecorderLink } from './recorder-link.ts';

/** The meeting of a recording whose SFU process died has this long to come back; the recorder waits as long. */
export const ORPHAN_WAIT_MS = 30_000;

/** People of one recording that are asked for; a recorder bounds them itself. */
const MAX_DESCRIBED = 10_000;

/** A recording that an SFU process before this one had started. */
export interface OrphanRecording extends RecorderCommandResult<'describe'> {
  recordingId: string;
  recorderId: string;
}

interface Known {
  link: RecorderLink;
  seenAtMs: number;
  /** Undefined until the recorder has said what it is about, and once it is being stopped. */
  orphan: OrphanRecording | undefined;
}

/**
 * Recordings that recorders make and nobody here knows. Those of a process before this one wait for their meeting, which
 * takes them up; the others (ended here while the recorder hung) are stopped, so that they fill no disk for ever.
 */
export class OrphanRecordings {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #sfuInstanceId: string;
  readonly #known = new Map<string, Known>();
  readonly #watchers = new Set<(orphan: OrphanRecording) => void>();

  constructor(clock: Clock, log: Log, sfuInstanceId: string) {
    this.#clock = clock;
    this.#log = log;
    this.#sfuInstanceId = sfuInstanceId;
  }

  /** Calls `watcher` with each one that waits for its meeting from now on. */
  watch(watcher: (orphan: OrphanRecording) => void): void {
    this.#watchers.add(watcher);
  }

  /** The one that waits for this meeting. */
  of(meetingId: string): OrphanRecording | undefined {
    return [...this.#known.values()].find(({ orphan }) => orphan?.meetingId === meetingId)?.orphan;
  }

  /** It is known from now on. */
  adopted({ recordingId }: OrphanRecording): void {
    this.#known.delete(recordingId);
  }

  /** Told at each heartbeat. */
  seen(link: RecorderLink, recordingId: string): void {
    const known = this.#known.get(recordingId);
    if (known?.link === link) {
      if (known.orphan && this.#clock.nowMs() - known.seenAtMs >= ORPHAN_WAIT_MS) {
        known.orphan = undefined;
        this.#stop(link, recordingId);
      }
      return;
    }
    this.#known.set(recordingId, { link, seenAtMs: this.#clock.nowMs(), orphan: undefined });
    this.#describe(link, recordingId).catch((cause: Error) => {
      this.#log.warn('orphan-not-described', { recordingId, cause: cause.message });
      this.#stop(link, recordingId);
    });
  }

  async #describe(link: RecorderLink, recordingId: string): Promise<void> {
    const described = await describeWhole(link, recordingId);
    const known = this.#known.get(recordingId);
    if (known?.link !== link) return;
    if (described.sfuInstanceId === this.#sfuInstanceId) return this.#stop(link, recordingId);
    const orphan = { ...described, recordingId, recorderId: link.recorderId };
    known.orphan = orphan;
    this.#log.info('orphan-recording-found', { recordingId, meetingId: described.meetingId });
    for (const tell of [...this.#watchers]) tell(orphan);
  }

  #stop(link: RecorderLink, recordingId: string): void {
    this.#log.warn('orphan-recording-stopped', { recorderId: link.recorderId, recordingId });
    link
      .command('stop', { recordingId, reason: 'ended', lastFact: 0 })
      .catch((cause: Error) => this.#log.warn('orphan-stop-failed', { recordingId, cause: cause.message }))
      .finally(() => this.#known.delete(recordingId));
  }
}

/** All parts of the answer in one. */
async function describeWhole(
  link: RecorderLink,
  recordingId: string,
): Promise<RecorderCommandResult<'describe'>> {
  const first = await link.command('describe', { recordingId });
  const people = [...first.people];
  for (let { more } = first; more && people.length < MAX_DESCRIBED; ) {
    const next = await link.command('describe', { recordingId, from: people.length });
    if (next.people.length === 0) break;
    people.push(...next.people);
    more = next.more;
  }
  return { ...first, people };
}
