import { readFileSync, readlinkSync } from 'node:fs';
import { mkdir, open, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '#protocol/errors.ts';
import { RecentMap } from '#service/recent-map.ts';
import { LOCK_NAME, TAKEOVER_NAME } from './layout.ts';
import { swapFile } from './replace-file.ts';

/** Recordings that wait to be taken over; beyond that the one seen first is looked at anew. */
const MAX_SIGHTINGS = 10_000;
/** The owner touches its lock this often. */
export const OWNER_BEAT_MS = 2000;
/** Who has seen a lock for so long without a beat may take the recording over [OWN3]. */
export const OWNER_TIMEOUT_MS = 10_000;

const ownerSchema = z.object({
  recorderId: z.string(),
  instanceId: z.string(),
  machine: z.string(),
  pid: z.number().int(),
});
type Owner = z.infer<typeof ownerSchema>;

/** Who this process is, to other recorders on the same store. */
export function thisOwner(recorderId: string, instanceId: string): Owner {
  return { recorderId, instanceId, machine: thisMachine(), pid: process.pid };
}

/**
 * The locks on one store as this process sees them. That an owner is silent is known by watching its lock: clocks of two
 * machines differ, and so do the process ids of two containers.
 */
export class Locks {
  readonly #owner: Owner;
  /** How each lock and takeover looks, and since when. */
  readonly #sightings = new RecentMap<string, { look: string; sinceMs: number }>(MAX_SIGHTINGS);

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  /**
   * @param nowMs our clock
   * @throws Fault `recording-owned` while another process writes this recording, and until its lock has been seen
   * without a beat for OWNER_TIMEOUT_MS: ask again. Of a process that is gone from this machine, at once.
   */
  async take(folder: string, nowMs: number): Promise<Ownership> {
    const owned = new Ownership(folder, this.#owner);
    if (await createLock(folder, this.#owner)) return owned;
    if (await this.#isHeld(folder, nowMs)) throw new Fault('recording-owned');
    const takeover = join(folder, TAKEOVER_NAME);
    await this.#clearStaleTakeover(takeover, nowMs);
    try {
      await mkdir(takeover);
    } catch (cause) {
      throw new Fault('recording-owned', undefined, { cause });
    }
    try {
      // Somebody else may have been quicker since.
      if (await this.#isHeld(folder, nowMs)) throw new Fault('recording-owned');
      await swapFile(join(folder, LOCK_NAME), JSON.stringify(this.#owner), `.${this.#owner.instanceId}`);
    } finally {
      await rmdir(takeover);
    }
    this.#sightings.delete(folder);
    return owned;
  }

  /** A lock that cannot be read is one that is being written right now, or was when its owner died: its beats tell. */
  async #isHeld(folder: string, nowMs: number): Promise<boolean> {
    const lock = await readLock(folder);
    if (!lock) return false;
    const { look, owner } = lock;
    if (owner?.machine === this.#owner.machine && !isAlive(owner.pid)) return false;
    return this.#unchangedMs(folder, look, nowMs) < OWNER_TIMEOUT_MS;
  }

  /** A process that died in the middle of a takeover must not lock the recording for ever. */
  async #clearStaleTakeover(takeover: string, nowMs: number): Promise<void> {
    try {
      const { ctimeMs, ino } = await stat(takeover);
      const unchangedMs = this.#unchangedMs(takeover, `${ino} ${ctimeMs}`, nowMs);
      if (unchangedMs >= OWNER_TIMEOUT_MS) await rmdir(takeover);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    }
  }

  /** How long `look` has been seen there without a change, in ms by our own clock; 0 for something new. */
  #unchangedMs(place: string, look: string, nowMs: number): number {
    const before = this.#sightings.get(place);
    if (before?.look === look) return nowMs - before.sinceMs;
    this.#sightings.set(place, { look, sinceMs: nowMs });
    return 0;
  }
}

/**
 * The right to write one recording's folder: a lock file beside the manifest that its owner touches. At most one process
 * holds it, on one store, whatever crashes.
 */
export class Ownership {
  readonly #folder: string;
  readonly #owner: Owner;

  constructor(folder: string, owner: Owner) {
    this.#folder = folder;
    this.#owner = owner;
  }

  /** Shows that the owner is alive. Answers false when the recording was taken over: the caller must stop writing. */
  async beat(wallMs: number): Promise<boolean> {
    if (!(await this.#isOurs())) return false;
    await utimes(join(this.#folder, LOCK_NAME), wallMs / 1000, wallMs / 1000);
    return true;
  }

  async release(): Promise<void> {
    if (await this.#isOurs()) await rm(join(this.#folder, LOCK_NAME), { force: true });
  }

  async #isOurs(): Promise<boolean> {
    const lock = await readLock(this.#folder);
    return lock?.owner?.instanceId === this.#owner.instanceId;
  }
}

async function createLock(folder: string, owner: Owner): Promise<boolean> {
  try {
    const handle = await open(join(folder, LOCK_NAME), 'wx');
    await handle.writeFile(JSON.stringify(owner));
    await handle.close();
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new Fault('storage-unwritable', `${folder} cannot be written: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/**
 * What the lock says, and what it looks like: that changes with each beat. Undefined when there is none. It is opened
 * first: network file systems tell of a file that is opened how it is now (close-to-open), of others how it was.
 */
async function readLock(folder: string): Promise<{ look: string; owner: Owner | undefined } | undefined> {
  try {
    const handle = await open(join(folder, LOCK_NAME), 'r');
    try {
      const { mtimeMs } = await handle.stat();
      const text = await handle.readFile('utf8');
      return { look: `${mtimeMs} ${text}`, owner: parseOwner(text) };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

/** Undefined for one that was cut off while it was written. */
function parseOwner(text: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof z.ZodError) return undefined;
    throw cause;
  }
}

/** Signal 0 only asks (kill(2)); EPERM means that it lives, under another user. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Where a process id means something: this start of this machine, and this namespace of processes. Containers have the
 * same host name as often as not, and a process of another one is gone as far as kill(2) can tell.
 */
function thisMachine(): string {
  // Without /proc (macOS) there are no namespaces either.
  if (process.platform !== 'linux') return hostname();
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
}
