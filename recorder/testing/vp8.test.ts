import { describe, expect, test } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { STREAMS } from './capture-rig.ts';
import { type CapturedPicture, longestFreezeMs, picturesOf } from './captured-pictures.ts';
import { blackouts, randomLoss, seeded, type Weather } from './hop.ts';
import { CALM, type Running, type Simulated, simulate } from './simulation.ts';
import { VP8_NUMBERS, VP8_PICTURE_SIZE, Vp8Camera, vp8NumberOf } from './vp8-camera.ts';

const SECONDS = 30;
/** Until then the reports are of the arrival, and what they change is slewed [D4]. */
const SETTLED_PICTURES = 300;
const startMs = new ManualClock().nowMs();
const camera = new Vp8Camera({ pictures: (SECONDS + 5) * 30 });
const code = { size: VP8_PICTURE_SIZE, numberOf: vp8NumberOf };
expect((SECONDS + 5) * 30).toBeLessThan(VP8_NUMBERS);

function p95(values: readonly number[]): number {
  return values.map(Math.abs).toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;
}

async function inspect(outcome: Simulated) {
  const pictures = await picturesOf(outcome, code);
  const shown = pictures.filter(
    (picture): picture is CapturedPicture & { content: number } => typeof picture.content === 'number',
  );
  const settled = shown.filter(({ content }) => content > SETTLED_PICTURES);
  return {
    pictures,
    shown,
    garbage: pictures.filter(({ content }) => content === 'garbage'),
    errorMs: p95(settled.map(({ atMs, content }) => atMs - outcome.sender.pictureMs(content))),
    gaps: outcome.entry.gaps.filter(({ fromMs }) => fromMs < (SECONDS - 1) * 1000),
  };
}

describe('[CONV2] VP8 through an ffmpeg child: no picture is garbage, each in its place', () => {
  test.each<[string, Weather, Weather]>([
    ['calm', CALM, CALM],
    ['reordered by up to 60 ms', CALM, { delayMs: 5, jitterMs: 60 }],
    ['5 % lost on the last hop', CALM, { ...CALM, loses: randomLoss(0.05, seeded(7)) }],
    ['2 % lost on the uplink', { ...CALM, loses: randomLoss(0.02, seeded(7)) }, CALM],
    ['black for 500 ms every 7 s', { ...CALM, loses: blackouts(startMs, 7000, 500) }, CALM],
  ])('%s', async (name, uplink, lastHop) => {
    const outcome = await simulate({ seconds: SECONDS, vp8Camera: camera, uplink, lastHop });
    const { errorMs, garbage, pictures, shown } = await inspect(outcome);
    console.info(
      `VP8, ${name}: ${shown.length} of ${SECONDS * 30} pictures, longest freeze ` +
        `${Math.round(longestFreezeMs(pictures))} ms, pictures off by ${errorMs.toFixed(1)} ms (p95)`,
    );
    expect(garbage).toEqual([]);
    expect(new Set(shown.map(({ content }) => content)).size).toBe(shown.length);
    expect(errorMs).toBeLessThan(10);
    if (uplink === CALM) expect(shown.length).toBeGreaterThan(SECONDS * 30 * 0.97);
  });
});

/** From where to where the file shows the camera's pictures, in whole seconds of the recording. */
function stretches(pictures: readonly CapturedPicture[]): [fromS: number, toS: number][] {
  const times = pictures.flatMap(({ atMs, content }) =>
    typeof content === 'number' ? [atMs - startMs] : [],
  );
  const starts = times.filter((ms, at) => at === 0 || ms - (times[at - 1] ?? 0) > 1000);
  return starts.map((fromMs, at) => {
    const next = starts[at + 1] ?? Number.POSITIVE_INFINITY;
    const toMs = times.findLast((ms) => ms < next) ?? fromMs;
    return [Math.floor(fromMs / 1000), Math.round(toMs / 1000)];
  });
}

function kill({ transcodes }: Running): void {
  for (const pid of transcodes?.pids ?? []) process.kill(pid, 'SIGKILL');
}

test('[CONV2] a child that dies costs half a second of one file, and the gap is noted', async () => {
  const outcome = await simulate({
    seconds: SECONDS,
    vp8Camera: camera,
    eachSecond: (second, running) => [5, 17].includes(second) && kill(running),
  });
  const { errorMs, gaps, garbage, pictures, shown } = await inspect(outcome);
  console.info(
    `VP8, two children killed: ${shown.length} of ${SECONDS * 30} pictures, longest freeze ` +
      `${Math.round(longestFreezeMs(pictures))} ms, gaps of ${gaps.map((gap) => Math.round(gap.toMs - gap.fromMs))} ms`,
  );
  expect(outcome.entries).toHaveLength(1);
  expect(garbage).toEqual([]);
  expect(errorMs).toBeLessThan(10);
  expect(gaps.map(({ cause, fromMs, kind }) => [kind, cause, Math.round(fromMs / 1000)])).toEqual(
    [5, 17].map((second) => ['video', 'transcoder-lost', second]),
  );
  // The camera has a keyframe every half second.
  expect(longestFreezeMs(pictures)).toBeLessThan(700);
});

test('[CONV2] camera off and on, mute, another device of VP8: one file, the slate in between, no picture lost', async () => {
  const script: Record<number, (running: Running) => void> = {
    4: ({ clock, rig, sender }) => {
      sender.pause('audio', true);
      rig.person.setPaused('microphone', true, clock.nowMs());
    },
    6: ({ clock, rig, sender }) => {
      sender.pause('audio', false);
      rig.person.setPaused('microphone', false, clock.nowMs());
    },
    10: ({ clock, rig, sender }) => {
      sender.pause('video', true);
      rig.person.setPaused('camera', true, clock.nowMs());
    },
    16: ({ clock, rig, sender, transcodes }) => {
      expect(transcodes?.pids).toEqual([]);
      sender.pause('video', false);
      rig.person.setPaused('camera', false, clock.nowMs());
    },
    22: ({ rig, sender, sfu }) => {
      sender.renumber('video', { sequence: 100, timestamp: 7 });
      const ssrc = sfu.renew('video');
      for (const stream of STREAMS.filter(({ kind }) => kind === 'video'))
        rig.person.addStream(rig.described({ ...stream, streamId: 'video-2', ssrc }));
    },
  };
  const outcome = await simulate({
    seconds: SECONDS,
    vp8Camera: camera,
    eachSecond: (second, running) => script[second]?.(running),
  });
  const { gaps, garbage, pictures } = await inspect(outcome);
  expect(garbage).toEqual([]);
  expect(stretches(pictures)).toEqual([
    [0, 10],
    [16, 30],
  ]);
  const last = pictures.findLast(
    ({ atMs, content }) => atMs < startMs + 11_000 && typeof content === 'number',
  );
  expect(last?.content).toBeGreaterThanOrEqual(10 * 30 - 1);
  const wholeSeconds = (intervals: { fromMs: number; toMs: number }[]) =>
    intervals.map(({ fromMs, toMs }) => [Math.round(fromMs / 1000), Math.round(toMs / 1000)]);
  expect(wholeSeconds(outcome.entry.cameraOff)).toEqual([[10, 16]]);
  expect(wholeSeconds(outcome.entry.muted)).toEqual([[4, 6]]);
  expect(gaps).toEqual([]);
  expect(outcome.entries).toHaveLength(1);
});

test('[CONV2] a screen in VP8 that is no longer shared is complete, up to its last picture', async () => {
  let counts = { lost: Number.NaN, pictures: 0 };
  let sent = 0;
  const outcome = await simulate({
    seconds: 12,
    vp8Camera: camera,
    eachSecond: (second, { rig, sender, sfu, transcodes }) => {
      const [stream] = STREAMS;
      if (second === 3 && stream) {
        sender.renumber('video', { sequence: 100, timestamp: 7 });
        const screen = { ...stream, streamId: 'screen', source: 'screen' as const, ssrc: sfu.renew('video') };
        rig.person.addStream(rig.described(screen));
        sent = transcodes?.stats().pictures ?? 0;
      }
      if (second === 8) {
        sender.pause('video', true);
        void rig.person.removeStream('screen');
      }
      if (second === 11) counts = transcodes?.stats() ?? counts;
    },
  });
  expect(outcome.entries.map(({ source, state }) => [source, state])).toEqual([
    ['screen', 'complete'],
    ['camera', 'complete'],
  ]);
  expect(outcome.entries[0]?.durationMs).toBeGreaterThan(4300);
  expect(outcome.entries[0]?.gaps).toEqual([]);
  expect(counts.lost).toBe(0);
  // Five seconds, less the half second until the first keyframe.
  expect(counts.pictures - sent).toBeGreaterThanOrEqual(5 * 30 - 16);
});
