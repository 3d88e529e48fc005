import { startChild } from '#service/child.ts';
import type { Log } from '#service/log.ts';

/**
 * A media worker with hundreds of streams stays below a tenth of it. One that somebody makes grow ends here and is started
 * again, before the system ends whatever it likes, the recorder for one.
 */
const MEMORY_BYTES = 4 * 1024 ** 3;
const LIMITS = { niceness: 0, memoryBytes: 256 * 1024 ** 2, wallMs: 60_000, fileBytes: 0 };

/**
 * Bounds a media worker's memory, and lets it leave no core dump, which would be a picture of a meeting. Its library starts it,
 * so that is done to it from outside; a system without prlimit(1), such as macOS, does without.
 */
export function boundWorker(pid: number, log: Log): void {
  const wanted = ['--pid', String(pid), `--data=${MEMORY_BYTES}`, '--core=0'];
  const child = startChild('prlimit', wanted, { limits: LIMITS, stdio: 'pipe' });
  child.stdin.destroy();
  child.stdout.resume();
  child.stderr.resume();
  child.once('error', (cause) => log.warn('media-worker-unbounded', { pid, cause: cause.message }));
  child.once('close', (status) => {
    if (status !== 0) log.info('media-worker-unbounded', { pid, status });
  });
}
