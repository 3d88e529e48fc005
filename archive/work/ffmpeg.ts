import { createInterface } from 'node:readline';
import { Fault } from '#protocol/errors.ts';
import { startChild, wasNotStarted } from '#service/child.ts';
import { childLimits, type WorkLimits } from './limits.ts';

/** Two dozen voices are measured in one run, and each takes 400 characters to tell how loud it is. */
const KEPT_WORDS = 16_384;
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
  options: { limits: WorkLimits; signal: AbortSignal; onProgress?: (progress: FfmpegProgress) => void },
): Promise<string> {
  options.signal.throwIfAborted();
  const all = ['-hide_banner', '-nostdin', '-y', '-progress', 'pipe:1', '-nostats', ...args];
  const child = startChild(program, all, { limits: childLimits(options.limits), stdio: 'pipe' });
  child.stdin.destroy();
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
    const { how, status } = await new Promise<{ status: number | null; how: number | string | null }>(
      (resolve, reject) => {
        child.once('error', (cause) => reject(new Fault('ffmpeg-broken', undefined, { cause })));
        child.once('close', (code, killed) => resolve({ status: code, how: killed ?? code }));
      },
    );
    options.signal.throwIfAborted();
    if (wasNotStarted(status)) throw new Fault('ffmpeg-broken');
    if (status !== 0) throw new Fault('export-failed', `ffmpeg ended with ${how}: ${lastLines(words)}`);
    return words;
  } finally {
    options.signal.removeEventListener('abort', kill);
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
