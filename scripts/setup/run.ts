import { spawn } from 'node:child_process';
import type { Environment } from './places.ts';

export interface Outcome {
  /** Exit status; undefined when it did not start, or was ended by a signal or by the time limit. */
  status: number | undefined;
  /** Standard output and standard error, the last 64 KiB of both together. */
  output: string;
}

const MAX_OUTPUT_CHARS = 65_536;

/**
 * Runs a program to its end and never throws: a program that is missing answers with status undefined and the cause as
 * its output. Without a terminal, so that nothing can prompt.
 */
export function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Environment; limitMs?: number; onLine?: (line: string) => void } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    let output = '';
    let rest = '';
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      killSignal: 'SIGKILL',
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      ...(options.env !== undefined && { env: options.env }),
      ...(options.limitMs !== undefined && { timeout: options.limitMs }),
    });
    const take = (text: string): void => {
      output = (output + text).slice(-MAX_OUTPUT_CHARS);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (cause) => resolve({ status: undefined, output: cause.message }));
    child.on('close', (code) => resolve({ status: code ?? undefined, output }));
  });
}
