import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './sample.ts';

const run = promisify(execFile);
export const FFMPEG = process.env.FFMPEG_PATH || 'ffmpeg';

/** A real FLV file of one colour, yellow from some second on if asked for, and one tone; H.264 and AAC. */
export async function makeFlv(
  options: {
    seconds?: number;
    colour?: string;
    hertz?: number;
    size?: string;
    volume?: number;
    yellowFrom?: number;
  } = {},
): Promise<Buffer> {
  const {
    colour = 'red',
    hertz = 440,
    seconds = 2,
    size = '320x180',
    volume = 1,
    yellowFrom = 1e6,
  } = options;
  const path = join(await temporaryFolder(), 'made.flv');
  const turn = `drawbox=t=fill:color=yellow:enable='gte(t,${yellowFrom})'`;
  const video = ['-f', 'lavfi', '-i', `color=c=${colour}:s=${size}:r=15:d=${seconds},${turn}`];
  const audio = ['-f', 'lavfi', '-i', `sine=f=${hertz}:r=48000:d=${seconds},volume=${volume}`];
  const codecs = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    '-g',
    '15',
    '-c:a',
    'aac',
  ];
  await run(FFMPEG, ['-v', 'error', '-y', ...video, ...audio, ...codecs, '-f', 'flv', path]);
  return readFile(path);
}

/** What ffprobe says of a file: its format and streams. */
export async function probe(path: string): Promise<{
  format: { duration: string; format_name: string };
  streams: { codec_name: string; codec_type: string; width?: number; height?: number; duration?: string }[];
}> {
  const args = ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', path];
  return JSON.parse((await run(process.env.FFPROBE_PATH || 'ffprobe', args)).stdout);
}
