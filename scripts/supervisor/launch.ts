import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { ReadyMessage } from '#service/supervised.ts';
import type { Environment } from './environment.ts';

const readySchema = z.object({ type: z.literal('ready'), adminPassword: z.string().optional() });

/** How a process ended: `code` undefined when a signal ended it. */
export interface Exit {
  code: number | undefined;
  signal: string | undefined;
}

/** One run of a process, seen by the supervisor. */
export interface Run {
  stop(): void;
  kill(): void;
}

export interface RunEvents {
  onReady(message: ReadyMessage): void;
  /** Exactly once, the last event. */
  onExit(exit: Exit): void;
}

export type Launch = (events: RunEvents) => Run;

/** How to run `node <nodeFlags> <entry>` with an IPC channel; its output lines go to `print`, its errors to ours. */
export function launchNode(options: {
  nodeFlags: readonly string[];
  entry: string;
  cwd: string;
  env: Environment;
  print: (line: string) => void;
  /** Node itself restarts it when a file that it imports changes. */
  watch?: boolean;
}): Launch {
  const flags = options.watch ? ['--watch', '--watch-preserve-output'] : [];
  return ({ onReady, onExit }) => {
    const child = spawn(process.execPath, [...flags, ...options.nodeFlags, options.entry], {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    if (child.stdout) createInterface({ input: child.stdout }).on('line', options.print);
    child.on('message', (message) => {
      const { success, data } = readySchema.safeParse(message);
      if (!success) return;
      onReady(
        data.adminPassword === undefined
          ? { type: 'ready' }
          : { type: 'ready', adminPassword: data.adminPassword },
      );
    });
    let over = false;
    const end = (exit: Exit): void => {
      if (over) return;
      over = true;
      onExit(exit);
    };
    child.on('exit', (code, signal) => end({ code: code ?? undefined, signal: signal ?? undefined }));
    // A program that cannot be started at all has no exit.
    child.on('error', (cause) => end({ code: undefined, signal: cause.message }));
    return { stop: () => child.kill('SIGTERM'), kill: () => child.kill('SIGKILL') };
  };
}
