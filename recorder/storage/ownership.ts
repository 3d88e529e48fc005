import { mkdir, open, readFile, rename, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../protocol/errors.ts';

/** The owner touches its lock this often. */
export const OWNER_BEAT_MS = 2000;
/** After this long without a beat anyone may take the recording over (design §2). */
export const OWNER_TIMEOUT_MS = 10_000;

const LOCK_NAME = 'owner.json';
const TAKEOVER_NAME = 'owner.takeover';

const ownerSchema = z.object({
  recorderId: z.string(),
  instanceId: z.string(),
  host: z.string(),
  pid: z.number().int(),
});
type Owner = z.infer<typeof ownerSchema>;

/** Who this process is, to other recorders on the same store. */
export function thisOwner(recorderId: string, instanceId: string): Owner {
  return { recorderId, instanceId, host: hostname(), pid: process.pid };
}

/**
 * The right to write one recording's folder: a lock file beside the manifest whose modification time is the heartbeat.
 * At most one process holds it, on one store, whatever crashes.
 */
export class Ownership {
  readonly #folder: string;
  readonly #owner: Owner;

  private constructor(folder: string, owner: Owner) {
    this.#folder = folder;
    this.#owner = owner;
  }

  /** @throws Fault `recording-owned` while another process writes this recording, or did until 10 s ago. */
  static async take(folder: string, owner: Owner, nowMs: number): Promise<Ownership> {
    if (await createLock(folder, owner)) return new Ownership(folder, owner);
    const takeover = join(folder, TAKEOVER_NAME);
    await clearStaleTakeover(takeover, nowMs);
    try {
      await mkdir(takeover);
    } catch (cause) {
      throw new Fault('recording-owned', undefined, { cause });
    }
    try {
      if (await isHeld(folder, nowMs)) throw new Fault('recording-owned');
      await replaceLock(folder, owner);
    } finally {
      await rmdir(takeover);
    }
    return new Ownership(folder, owner);
  }

  /** Shows that the owner is alive. Answers false when the recording was taken over: the caller must stop writing. */
  async beat(nowMs: number): Promise<boolean> {
    const current = await readOwner(this.#folder);
    if (current?.instanceId !== this.#owner.instanceId) return false;
    await utimes(join(this.#folder, LOCK_NAME), nowMs / 1000, nowMs / 1000);
    return true;
  }

  async release(): Promise<void> {
    const current = await readOwner(this.#folder);
    if (current?.instanceId === this.#owner.instanceId)
      await rm(join(this.#folder, LOCK_NAME), { force: true });
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

async function replaceLock(folder: string, owner: Owner): Promise<void> {
  const path = join(folder, LOCK_NAME);
  const temporary = `${path}.${owner.instanceId}`;
  const handle = await open(temporary, 'w');
  await handle.writeFile(JSON.stringify(owner));
  await handle.close();
  await rename(temporary, path);
}

/** A lock that cannot be read while it is fresh is one that is being written right now. */
async function isHeld(folder: string, nowMs: number): Promise<boolean> {
  const { mtimeMs } = await stat(join(folder, LOCK_NAME));
  if (nowMs - mtimeMs >= OWNER_TIMEOUT_MS) return false;
  const owner = await readOwner(folder);
  const dead = owner !== undefined && owner.host === hostname() && !isAlive(owner.pid);
  return !dead;
}

/** Undefined when there is no lock, or one that was cut off while it was written. */
async function readOwner(folder: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(join(folder, LOCK_NAME), 'utf8')));
  } catch (cause) {
    const unreadable = cause instanceof SyntaxError || cause instanceof z.ZodError;
    if (unreadable || (cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
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

/** A process that died in the middle of a takeover must not lock the recording for ever. */
async function clearStaleTakeover(takeover: string, nowMs: number): Promise<void> {
  try {
    const { mtimeMs } = await stat(takeover);
    if (nowMs - mtimeMs >= OWNER_TIMEOUT_MS) await rmdir(takeover);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
}
