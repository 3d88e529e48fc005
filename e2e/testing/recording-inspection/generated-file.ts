import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { COLUMNS } from '../participant-media/blocks.ts';
import { ownerRow, ROWS } from '../participant-media/owner-code.ts';
import { toneOf } from '../participant-media/tone.ts';
import { FFMPEG } from './programs.ts';

const WIDTH = 320;
const HEIGHT = 240;
const FRAMES_PER_SECOND = 15;

/** A part of a file that the inspectors are tried on; `owner` undefined is the slate, or silence. */
export interface Scene {
  seconds: number;
  picture: number | undefined;
  sound: number | undefined;
}

/** Writes an FLV of these scenes with ffmpeg, H.264 and AAC, as a recorder might have. */
export async function generateFile(file: string, scenes: readonly Scene[]): Promise<void> {
  const tones = scenes.map(({ sound, seconds }) =>
    sound === undefined
      ? `anullsrc=r=48000:cl=mono:d=${seconds}`
      : `sine=f=${toneOf(sound)}:r=48000:d=${seconds},volume=2`,
  );
  const graph = `${tones.map((tone, index) => `${tone}[a${index}]`).join(';')};${tones.map((_, index) => `[a${index}]`).join('')}concat=n=${tones.length}:v=0:a=1[a]`;
  const video = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'gray',
    '-s',
    `${WIDTH}x${HEIGHT}`,
    '-r',
    `${FRAMES_PER_SECOND}`,
  ];
  const codecs = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
    '-flvflags',
    'no_sequence_end',
  ];
  const child = spawn(
    FFMPEG,
    [
      '-v',
      'error',
      '-y',
      ...video,
      '-i',
      '-',
      '-filter_complex',
      graph,
      '-map',
      '0:v',
      '-map',
      '[a]',
      ...codecs,
      file,
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const closed = once(child, 'close');
  let counter = 0;
  for (const { seconds, picture } of scenes) {
    for (let index = 0; index < seconds * FRAMES_PER_SECOND; index += 1) {
      if (!child.stdin.write(drawFrame(picture, counter))) await once(child.stdin, 'drain');
      counter = (counter + 1) % 256;
    }
  }
  child.stdin.end();
  const [status] = await closed;
  if (status !== 0) throw new Error(`ffmpeg ended with ${status}`);
}

function drawFrame(owner: number | undefined, counter: number): Buffer {
  const frame = Buffer.alloc(WIDTH * HEIGHT, 60);
  if (owner === undefined) return frame;
  const code = ownerRow(owner);
  const count = Array.from({ length: COLUMNS }, (_, bit) => ((counter >> (COLUMNS - 1 - bit)) & 1) === 1);
  const rows = [code, count, code.map((bit) => !bit)];
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const bit = rows[Math.floor((y * ROWS) / HEIGHT)]?.[Math.floor((x * COLUMNS) / WIDTH)];
      frame[y * WIDTH + x] = bit ? 220 : 30;
    }
  }
  return frame;
}
