import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { parseVp8FrameHeader } from '#recorder/depacketize/vp8-frame-header.ts';
import { ivfFrames } from '#recorder/testing/ivf-frames.ts';
import { TranscodePool } from '#recorder/transcode/transcode-pool.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { cpuSeconds, memoryBytes } from './process-usage.ts';

/**
 * What a picture that has to be converted costs: `node bench/transcode.ts [--size 1280x720] [--pictures 2] [--seconds 20]`.
 * So many cameras of 30 pictures a second send VP8 at real pace; CPU and memory are those of the children alone.
 */
const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const FRAMES_PER_SECOND = 30;
const LOOP_S = 10;

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '1280x720' },
    pictures: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '20' },
  },
});
const [streams, seconds] = [Number(values.pictures), Number(values.seconds)];

const frames = ivfFrames(
  execFileSync(
    FFMPEG,
    [
      ...[
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        `mandelbrot=s=${values.size}:r=${FRAMES_PER_SECOND},noise=alls=8:allf=t`,
      ],
      ...[
        '-t',
        `${LOOP_S}`,
        '-pix_fmt',
        'yuv420p',
        '-c:v',
        'libvpx',
        '-deadline',
        'realtime',
        '-cpu-used',
        '8',
      ],
      ...['-b:v', '1500k', '-auto-alt-ref', '0', '-g', '300', '-f', 'ivf', '-'],
    ],
    { maxBuffer: 2 ** 28 },
  ),
).map((data) => ({ ...parseVp8FrameHeader(data), data }));

const pool = new TranscodePool({ ffmpeg: FFMPEG, max: streams, clock: systemClock, log: silentLog });
const delaysMs: number[] = [];
let bytes = 0;
const transcoders = Array.from({ length: streams }, () =>
  pool.open({
    unit: ({ nals }, captureMs) => {
      delaysMs.push(systemClock.nowMs() - captureMs);
      bytes += nals.reduce((sum, nal) => sum + nal.length, 0);
    },
    interrupted: (cause) => console.warn(`pictures are missing: ${cause}`),
  }),
);

const startMs = systemClock.nowMs();
let sent = 0;
const done = new EventTarget();
const stop = systemClock.every(1, () => {
  const nowMs = systemClock.nowMs();
  const due = Math.floor(((nowMs - startMs) * FRAMES_PER_SECOND) / 1000);
  for (; sent < due; sent += 1) {
    const frame = frames[sent % frames.length];
    if (!frame) throw new RangeError('no pictures');
    const captureMs = systemClock.nowMs();
    const timestamp = (sent * 90_000) / FRAMES_PER_SECOND;
    for (const transcoder of transcoders) {
      transcoder.push({ ...frame, timestamp, arrivalMs: captureMs }, captureMs);
    }
  }
  if (nowMs - startMs >= seconds * 1000) done.dispatchEvent(new Event('done'));
});
await once(done, 'done');
stop();

const percentOfCore = (cpuSeconds(pool.pids) * 100) / seconds / streams;
const mebibytes = memoryBytes(pool.pids) / streams / 2 ** 20;
const restingMs = systemClock.nowMs();
await Promise.all(transcoders.map((transcoder) => transcoder.rest()));
const restMs = systemClock.nowMs() - restingMs;
const sorted = delaysMs.toSorted((a, b) => a - b);
const quantileMs = (q: number) => (sorted[Math.floor(sorted.length * q)] ?? Number.NaN).toFixed(1);
console.info(
  `${streams} × ${values.size} at ${FRAMES_PER_SECOND}: ${percentOfCore.toFixed(1)} % of a core and ` +
    `${mebibytes.toFixed(0)} MiB each, ${((bytes * 8) / seconds / streams / 1e6).toFixed(1)} Mbit/s; a picture is ` +
    `${quantileMs(0.5)} ms later (p95 ${quantileMs(0.95)}, most ${quantileMs(1 - 1e-9)}); the children end within ${restMs.toFixed(0)} ms`,
);
const { dropped, lost } = pool.stats();
console.info(`${delaysMs.length} of ${sent * streams} pictures, ${dropped} left out, ${lost} lost`);
pool.close();
