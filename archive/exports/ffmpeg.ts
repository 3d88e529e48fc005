import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { Fault } from '../../protocol/errors.ts';

/** Below everything that meetings need (setpriority(2)). */
const LOWEST_PRIORITY = 19;
const KEPT_WORDS = 2000;

export interface FfmpegProgress {
  /** Of the output so far. */
  seconds: number;
  speed: number | undefined;
}

/**
 * Runs ffmpeg at the lowest priority to its end.
 * @returns what it said on standard error
 * @throws Fault `export-failed` with its last words, or the reason of `signal`
 */
export async function runFfmpeg(
  program: string,
  args: readonly string[],
  options: { signal: AbortSignal; onProgress?: (progress: FfmpegProgress) => void },
): Promise<string> {
  options.signal.throwIfAborted();
  const all = ['-hide_banner', '-nostdin', '-y', '-progress', 'pipe:1', '-nostats', ...args];
  const child = spawn(program, all, { stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) lowerPriority(child.pid);
  const kill = () => child.kill('SIGKILL');
  options.signal.addEventListener('abort', kill, { once: true });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-KEPT_WORDS);
  });
  let seconds = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [key = '', value = ''] = line.split('=');
    if (key === 'out_time_us' && Number.isFinite(Number(value))) seconds = Number(value) / 1e6;
    if (key === 'speed') options.onProgress?.({ seconds, speed: Number.parseFloat(value) || undefined });
  });
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (cause) => reject(new Fault('ffmpeg-broken', undefined, { cause })));
      child.once('close', resolve);
    });
    options.signal.throwIfAborted();
    if (status !== 0) throw new Fault('export-failed', `ffmpeg ended with ${status}: ${lastLines(words)}`);
    return words;
  } finally {
    options.signal.removeEventListener('abort', kill);
  }
}

/** It may have ended already; it then needs no priority. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, LOWEST_PRIORITY);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') throw cause;
  }
}

/** Without paths, which are nobody's business. */
const lastLines = (words: string) =>
  words
    .trim()
    .split('\n')
    .slice(-3)
    .join(' ')
    .replaceAll(/(?:\/[^\s/:'"]+)+\//g, '')
    .slice(0, 500);
