import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { ExportJob } from '#protocol/http/exports.ts';
import { FlvMuxer } from '#recorder/flv/flv-muxer.ts';
import { h264, silentAacFrame } from '#recorder/flv/testing/encoded-media.ts';
import { patch } from '#recorder/flv/testing/file-in-memory.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { LocalDisk } from '#store/local-disk.ts';
import { FFMPEG } from '../../testing/make-flv.ts';
import {
  sampleFile,
  sampleId,
  sampleManifest,
  temporaryFolder,
  writeRecording,
} from '../../testing/sample.ts';
import { layOut } from './layout.ts';
import { groupMaker } from './make-group.ts';

const PART_S = 2;
/** Of a grey value, on average; what is garbled is five times as far off. */
const ALIKE = 5;
/** Where nobody is. */
const BACKGROUND_GREY = 22;
const SIDE = 24;

/** A phone held level, upright and level again, two seconds each. */
function turnedPhone(): Buffer {
  const muxer = new FlvMuxer({ encoder: 'x', createdAtMs: 0, channels: 1, sampleRate: 48000 });
  const tags = ['640x360', '360x640', '640x360'].flatMap((size, part) =>
    h264(size, PART_S * 30).map((picture, index) => {
      const atMs = part * PART_S * 1000 + (index * 1000) / 30;
      return { atMs, write: () => muxer.video(picture, atMs) };
    }),
  );
  for (let atMs = 0; atMs < 3 * PART_S * 1000; atMs += 1024 / 48) {
    const at = atMs;
    tags.push({ atMs, write: () => muxer.audio(silentAacFrame, at) });
  }
  tags.sort((one, other) => one.atMs - other.atMs);
  const file = Buffer.concat([muxer.begin(), ...tags.flatMap(({ write }) => write())]);
  patch(file, muxer.metadata());
  return file;
}

/** The last picture up to an instant, in grey. */
async function greyAt(path: string, atSeconds: number, filter: string, bytes: number): Promise<Buffer> {
  const picture = ['-vf', `${filter},format=gray`, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-'];
  const args = ['-v', 'error', '-xerror', '-i', path, '-to', String(atSeconds), '-an', ...picture];
  const { stdout } = await promisify(execFile)(FFMPEG, args, { encoding: 'buffer', maxBuffer: 1 << 28 });
  return stdout.subarray(-bytes);
}

test('a phone that is turned keeps its shape in the group MP4: whole, in the middle, not stretched', async () => {
  const root = await temporaryFolder();
  const phone = sampleFile('phone-1', { startOffsetMs: 0, durationMs: 3 * PART_S * 1000 });
  const folder = await writeRecording(root, sampleManifest(1, { files: [phone] }), {
    [phone.name]: turnedPhone(),
  });
  const scratch = join(folder, 'exports/x.work');
  await mkdir(scratch, { recursive: true });
  const target = join(scratch, 'result.mp4');
  await groupMaker({ store: new LocalDisk(root, systemClock, silentLog), ffmpeg: FFMPEG, log: silentLog })({
    job: { recordingId: sampleId(1), kind: 'group-mp4' } as ExportJob,
    ...{ folder, scratch, target },
    report: () => undefined,
    signal: new AbortController().signal,
  });
  const place = layOut(1, false).tiles[0]?.picture ?? { x: 0, y: 0, width: 0, height: 0 };
  const scaled = `scale=${SIDE}:${SIDE}:flags=area`;
  for (const [seconds, shape] of [
    [1.9, 16 / 9],
    [2.2, 9 / 16],
    [3.9, 9 / 16],
    [4.2, 16 / 9],
  ] as const) {
    const width = Math.min(place.width, place.height * shape);
    const sides = (place.width - width) / 2;
    const crop = (wide: number, x: number) =>
      `crop=${wide}:${place.height}:${place.x + x}:${place.y},${scaled}`;
    const shown = await greyAt(target, seconds, crop(width, sides), SIDE * SIDE);
    const recorded = await greyAt(join(folder, phone.name), seconds, scaled, SIDE * SIDE);
    const apart = recorded.reduce((sum, grey, at) => sum + Math.abs(grey - (shown[at] ?? 0)), 0);
    console.info(`${seconds} s: ${(apart / recorded.length).toFixed(1)} of 255 apart`);
    expect(apart / recorded.length).toBeLessThan(ALIKE);
    if (sides < 10) continue;
    for (const x of [0, width + sides]) {
      const beside = await greyAt(target, seconds, crop(sides - 2, x + 1), SIDE * SIDE);
      expect(Math.max(...beside.map((grey) => Math.abs(grey - BACKGROUND_GREY)))).toBeLessThan(8);
    }
  }
});
