import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { ExportJob } from '#protocol/http/exports.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { LocalDisk } from '#store/local-disk.ts';
import { FFMPEG, makeFlv, probe } from '../../testing/make-flv.ts';
import {
  sampleFile,
  sampleId,
  sampleManifest,
  temporaryFolder,
  writeRecording,
} from '../../testing/sample.ts';
import { layOut } from './layout.ts';
import { groupMaker } from './make-group.ts';

const run = promisify(execFile);

const alice = sampleFile('alice-1', { startOffsetMs: 0, durationMs: 6000 });
const li = sampleFile('li-1', { personName: '李小明: 50% \'"\\', startOffsetMs: 2000, durationMs: 2000 });
const screen = sampleFile('li-2', {
  personName: 'Li',
  source: 'screen',
  startOffsetMs: 4000,
  durationMs: 2000,
});

/** The colour of one pixel of one instant, as red, green, blue. */
async function pixel(path: string, atSeconds: number, x: number, y: number): Promise<number[]> {
  const filter = `crop=2:2:${Math.floor(x / 2) * 2}:${Math.floor(y / 2) * 2},scale=1:1,format=rgb24`;
  const args = ['-v', 'error', '-ss', String(atSeconds), '-i', path, '-vf', filter, '-frames:v', '1'];
  const { stdout } = await run(FFMPEG, [...args, '-f', 'rawvideo', '-'], { encoding: 'buffer' });
  return [...stdout];
}

const centre = ({ picture }: ReturnType<typeof layOut>['tiles'][number]) =>
  [picture.x + picture.width / 2, picture.y + picture.height / 2] as const;

/** Loudness of a stretch in decibels below full scale. */
async function loudness(path: string, from: number, seconds: number, band: number): Promise<number> {
  const filter = `bandpass=f=${band}:width_type=h:w=60,volumedetect`;
  const args = [
    '-ss',
    String(from),
    '-t',
    String(seconds),
    '-i',
    path,
    '-vn',
    '-af',
    filter,
    '-f',
    'null',
    '-',
  ];
  const { stderr } = await run(FFMPEG, args);
  return Number(/mean_volume: (-?[\d.]+) dB/.exec(stderr)?.[1]);
}

test('everyone is where they should be, when they should be, as loud as the others', async () => {
  const root = await temporaryFolder();
  const manifest = sampleManifest(1, { files: [alice, li, screen] });
  const folder = await writeRecording(root, manifest, {
    [alice.name]: await makeFlv({ seconds: 6, colour: 'red', yellowFrom: 5, hertz: 300, volume: 1 }),
    [li.name]: await makeFlv({ seconds: 2, colour: 'blue', hertz: 900, volume: 0.1, size: '180x320' }),
    [screen.name]: await makeFlv({ seconds: 2, colour: 'green', hertz: 2000, volume: 0, size: '640x360' }),
  });
  const scratch = join(folder, 'exports/x.work');
  await mkdir(scratch, { recursive: true });
  const make = groupMaker({
    store: new LocalDisk(root, systemClock, silentLog),
    ffmpeg: FFMPEG,
    log: silentLog,
  });
  const done: number[] = [];
  const target = join(scratch, 'result.mp4');
  const work = {
    job: { recordingId: sampleId(1), kind: 'group-mp4' } as ExportJob,
    folder,
    scratch,
    target,
    report: (progress: { done: number }) => done.push(progress.done),
    signal: new AbortController().signal,
  };
  await make(work);

  const { format, streams } = await probe(target);
  expect(streams.map((stream) => [stream.codec_name, stream.width])).toEqual([
    ['h264', 1280],
    ['aac', undefined],
  ]);
  expect(Math.abs(Number(format.duration) - 6)).toBeLessThan(0.1);
  const [alone] = layOut(1, false).tiles.map(centre);
  const [left, right] = layOut(2, false).tiles.map(centre);
  const shared = layOut(1, true);
  const looks = async (atSeconds: number, place: readonly [number, number] | undefined) => {
    const [red = 0, green = 0, blue = 0] = await pixel(target, atSeconds, ...(place ?? [0, 0]));
    return [red, green, blue].map((part) => (part > 100 ? 'x' : '-')).join('');
  };
  const [RED, GREEN, BLUE, YELLOW] = ['x--', '-x-', '--x', 'xx-'];
  expect(await looks(1, alone)).toBe(RED);
  for (const at of [2.1, 3.8]) expect([await looks(at, left), await looks(at, right)]).toEqual([RED, BLUE]);
  const [big, small] = [shared.screen, shared.tiles[0]].map((place) => place && centre(place));
  expect([await looks(4.1, big), await looks(5.9, big)]).toEqual([GREEN, GREEN]);
  // In time to a few frames, in a scene that begins in the middle of the file.
  expect([await looks(4.85, small), await looks(5.15, small)]).toEqual([RED, YELLOW]);

  const voices = [await loudness(target, 2.3, 1.4, 300), await loudness(target, 2.3, 1.4, 900)];
  expect(Math.abs((voices[0] ?? 0) - (voices[1] ?? 99))).toBeLessThan(3);
  expect(await loudness(target, 0.2, 1.6, 900)).toBeLessThan((voices[1] ?? 0) - 20);
  expect(await loudness(target, 4.3, 1.4, 900)).toBeLessThan((voices[1] ?? 0) - 20);

  // Two seconds in, on the common clock: heard right after, not right before.
  const [before2, after2] = [await loudness(target, 1.75, 0.2, 900), await loudness(target, 2.03, 0.2, 900)];
  expect(after2 - before2).toBeGreaterThan(20);

  expect(done).toEqual([...done].sort((one, other) => one - other));
  expect(done.at(-1)).toBeGreaterThan(0.9);
  const before = await readdir(scratch);
  expect(before.filter((name) => name.includes('.part.'))).toEqual([]);
  // Once more over what is finished: only the joining is left, as after a restart.
  done.length = 0;
  await make(work);
  expect(Number((await probe(target)).format.duration)).toBeCloseTo(Number(format.duration), 2);
});
