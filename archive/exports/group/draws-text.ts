import { text } from 'node:stream/consumers';
import { LOWEST_PRIORITY, startChild } from '#service/child.ts';

const LIMITS = {
  niceness: LOWEST_PRIORITY,
  memoryBytes: 512 * 1024 ** 2,
  cpuSeconds: 10,
  wallMs: 300_000,
  fileBytes: 0,
};

/** Whether this ffmpeg was built with the filter that writes text. */
export async function drawsText(ffmpeg: string): Promise<boolean> {
  const child = startChild(ffmpeg, ['-hide_banner', '-filters'], { limits: LIMITS, stdio: 'pipe' });
  child.stdin.destroy();
  child.stderr.resume();
  return /\sdrawtext\s/.test(await text(child.stdout));
}
