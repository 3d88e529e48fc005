import { expect, test } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { STALL_SLATE_MS } from '../file/picture-track.ts';
import { FRAME_MS } from '../flv/flv-muxer.ts';
import { tagsOf } from '../flv/testing/file-in-memory.ts';
import type { Captured } from './capture-rig.ts';
import { STREAMS } from './capture-rig.ts';
import { picturesOf } from './captured-pictures.ts';
import { packetsOf } from './captured-sound.ts';
import { CALM, type Running, simulate } from './simulation.ts';

const [VIDEO, AUDIO] = STREAMS;

/** Milliseconds between two sounds of a file, all of them. */
async function soundSteps({ file }: Captured): Promise<number[]> {
  const times = packetsOf(await tagsOf(file)).map(({ atMs }) => atMs);
  return times.slice(1).map((ms, index) => ms - (times[index] ?? 0));
}

/** Mute, camera off, another producer, another encoder, and the way back, all in one file. */
const script: Record<number, (running: Running) => void> = {
  5: ({ clock, rig, sender }) => {
    sender.pause('audio', true);
    rig.person.setPaused('microphone', true, clock.nowMs());
  },
  8: ({ clock, rig, sender }) => {
    sender.pause('audio', false);
    rig.person.setPaused('microphone', false, clock.nowMs());
  },
  10: ({ clock, rig, sender }) => {
    sender.pause('video', true);
    rig.person.setPaused('camera', true, clock.nowMs());
  },
  20: ({ clock, rig, sender }) => {
    sender.pause('video', false);
    rig.person.setPaused('camera', false, clock.nowMs());
  },
  // The device is changed for another one: the same person, new streams.
  25: ({ rig, sender, sfu }) => {
    sender.renumber('video', { sequence: 100, timestamp: 7 });
    sender.renumber('audio', { sequence: 60_000, timestamp: 2 ** 31 });
    if (VIDEO) rig.person.addStream({ ...VIDEO, streamId: 'video-2', ssrc: sfu.renew('video') });
    if (AUDIO) rig.person.addStream({ ...AUDIO, streamId: 'audio-2', ssrc: sfu.renew('audio') });
  },
  // The sender begins anew without telling.
  32: ({ sender }) => {
    sender.renumber('video', { sequence: 30_000, timestamp: 2 ** 32 - 1 });
    sender.renumber('audio', { sequence: 20_000, timestamp: 12_345 });
  },
};

test.each(['aac', 'opus'] as const)(
  '[TAKE9] mute, camera off, a change of device and of encoder stay in the file, both tracks without a hole: %s',
  async (codec) => {
    const seconds = 40;
    const outcome = await simulate({
      seconds,
      codec,
      eachSecond: (second, running) => script[second]?.(running),
    });
    const { entry, sender } = outcome;
    const pictures = await picturesOf(outcome);
    expect(pictures.filter(({ content }) => content === 'garbage')).toEqual([]);
    const seen = (fromS: number, toS: number) =>
      new Set(
        pictures
          .filter(({ atMs }) => atMs > sender.pictureMs(fromS * 30) && atMs < sender.pictureMs(toS * 30))
          .map(({ content }) => (content === 'slate' ? 'slate' : 'camera')),
      );
    expect(seen(0, 10)).toEqual(new Set(['camera']));
    expect(seen(10.1, 20)).toEqual(new Set(['slate']));
    expect(seen(20.3, 40)).toEqual(new Set(['camera']));
    for (const { atMs, content } of pictures) {
      if (typeof content === 'number') expect(Math.abs(atMs - sender.pictureMs(content))).toBeLessThan(60);
    }
    for (const stepMs of await soundSteps(outcome))
      expect(Math.abs(stepMs - FRAME_MS[codec])).toBeLessThan(1);
    const wholeSeconds = (intervals: { fromMs: number; toMs: number }[]) =>
      intervals.map(({ fromMs, toMs }) => [Math.round(fromMs / 1000), Math.round(toMs / 1000)]);
    expect(wholeSeconds(entry.muted)).toEqual([[5, 8]]);
    expect(wholeSeconds(entry.cameraOff)).toEqual([[10, 20]]);
    expect(entry.gaps.filter(({ fromMs }) => fromMs < (seconds - 1) * 1000)).toEqual([]);
    expect(entry.losses).toEqual([]);
    expect(entry.resolutions).toHaveLength(1);
  },
);

test('[TAKE10] a camera that stalls shows the slate after 5 s, until its next keyframe, and the gap is noted', async () => {
  const seconds = 30;
  const dark = { fromMs: 12_000, toMs: 21_000 };
  const startMs = new ManualClock().nowMs();
  const loses = (nowMs: number) => nowMs - startMs >= dark.fromMs && nowMs - startMs < dark.toMs;
  const outcome = await simulate({ seconds, uplink: { audio: CALM, video: { ...CALM, loses } } });
  const pictures = (await picturesOf(outcome)).map(({ atMs, content }) => ({
    ms: atMs - startMs,
    atMs,
    content,
  }));
  expect(pictures.filter(({ content }) => content === 'garbage')).toEqual([]);
  const slates = pictures.filter(({ content, ms }) => content === 'slate' && ms < seconds * 1000);
  expect(slates).toHaveLength(1);
  expect(Math.abs((slates[0]?.ms ?? 0) - dark.fromMs - STALL_SLATE_MS)).toBeLessThan(200);
  for (const { atMs, content } of pictures) {
    if (typeof content === 'number')
      expect(Math.abs(atMs - outcome.sender.pictureMs(content))).toBeLessThan(60);
  }
  const back = pictures.find(({ ms }) => ms > dark.toMs);
  expect((back?.ms ?? 0) - dark.toMs).toBeLessThan(1000);
  const [gap, ...others] = outcome.entry.gaps.filter(({ fromMs }) => fromMs < (seconds - 1) * 1000);
  expect(others).toEqual([]);
  expect(gap).toMatchObject({ kind: 'video', cause: 'lost' });
  expect(Math.abs((gap?.fromMs ?? 0) - dark.fromMs)).toBeLessThan(100);
  expect(Math.abs((gap?.toMs ?? 0) - (back?.ms ?? 0))).toBeLessThan(100);
});
