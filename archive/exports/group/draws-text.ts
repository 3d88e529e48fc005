import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether this ffmpeg was built with the filter that writes text. */
export async function drawsText(ffmpeg: string): Promise<boolean> {
  const { stdout } = await run(ffmpeg, ['-hide_banner', '-filters'], { maxBuffer: 1024 * 1024 });
  return /\sdrawtext\s/.test(stdout);
}
