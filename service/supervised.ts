import { flushCompileCache } from 'node:module';

import { Fault } from '#protocol/errors.ts';
import { systemClock } from './clock.ts';

/** Why a process has been asked to stop; `disconnect`: its supervisor is gone. */
export type StopReason = 'SIGINT' | 'SIGTERM' | 'disconnect';

/** What a process tells its supervisor, once, when it serves. `adminPassword` only when it has just been generated. */
export interface ReadyMessage {
  type: 'ready';
  adminPassword?: string;
}

/** Tells the supervisor that this process serves; without a supervisor it does nothing. */
export function announceReady(details: Omit<ReadyMessage, 'type'> = {}): void {
  process.send?.({ type: 'ready', ...details } satisfies ReadyMessage);
  // Node writes it at a regular exit alone, and whoever was killed is the one whose successor is waited for.
  flushCompileCache();
}

/**
 * Calls `stop` once, on the first SIGINT, SIGTERM or loss of the supervisor, then ends the process: with 0, or with 1
 * and a line on stderr when `stop` fails. A process whose supervisor died must not stay behind with its ports.
 * @param withinMs one that has not stopped by then is killed
 */
export function onStopRequested(stop: (reason: StopReason) => void | Promise<void>, withinMs?: number): void {
  let asked = false;
  const ask = async (reason: StopReason): Promise<void> => {
    if (asked) return;
    asked = true;
    if (withinMs !== undefined) systemClock.after(withinMs, () => killOurselves(withinMs));
    try {
      await stop(reason);
      process.exit(0);
    } catch (cause) {
      exitWithFailure(cause);
    }
  };
  process.on('SIGINT', () => ask('SIGINT'));
  process.on('SIGTERM', () => ask('SIGTERM'));
  if (process.send) process.on('disconnect', () => ask('disconnect'));
}

/** A regular exit waits for every thread, and one that hangs in the disk is waited for for ever. */
function killOurselves(withinMs: number): void {
  process.stderr.write(`Stopping took longer than ${withinMs} ms: what is left is given up.\n`);
  process.kill(process.pid, 'SIGKILL');
}

/** Ends the process with 1 and one clear line on stderr: a Fault's own words, a bug's stack. */
export function exitWithFailure(cause: unknown): never {
  const words = cause instanceof Fault ? cause.message : cause instanceof Error ? cause.stack : String(cause);
  process.stderr.write(`${words}\n`);
  process.exit(1);
}
