import { expect, test } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { SILENT_PACKETS } from '../flv/audio-data.ts';
import { metadataOf, repaired, tagsOf } from '../flv/testing/file-in-memory.ts';
import { burstErrors, keptSamplesOf, packetsOf } from './captured-sound.ts';
import { CALM, simulate } from './simulation.ts';

/** The number in the metadata tag. */
const DURATION = { from: 40, to: 48 };
/** [CLOCK2] leaves so much between a capture and what reports say of it. */
const CLOCK_MS = 10;
const PACKET_MS = 20;
/** Further from its place no packet lies (KeptSound). */
const MOST_OFF_MS = 12;

test('[KEEP4] sound that is kept lies where it was captured, packet behind packet from the beginning on', async () => {
  const seconds = 30;
  const outcome = await simulate({ seconds, codec: 'opus' });
  const tags = await tagsOf(outcome.file);
  const packets = packetsOf(tags);
  expect(packets.map(({ atMs }) => atMs)).toEqual(packets.map((_, index) => index * PACKET_MS));
  const errors = burstErrors(outcome, outcome.sender, [12, 17, 22, 28], await keptSamplesOf(tags));
  console.info(`kept sound off by ${errors.map((ms) => ms.toFixed(2)).join(' ')} ms`);
  for (const ms of errors) expect(Math.abs(ms)).toBeLessThan(1);
  expect(outcome.entry.audio).toEqual({ codec: 'opus', sampleRate: 48_000, channels: 1 });
  expect(outcome.entry.gaps.filter(({ fromMs }) => fromMs < (seconds - 1) * 1000)).toEqual([]);
});

test('[KEEP4] with a clock that drifts 400 ppm on a jittery way no packet is further off than 12 ms and what its clock is', async () => {
  const seconds = 240;
  const uplink = { delayMs: 20, jitterMs: 15 };
  const outcome = await simulate({ seconds, codec: 'opus', uplink, sender: { driftPpm: 400 } });
  const tags = await tagsOf(outcome.file);
  const heard = await keptSamplesOf(tags);
  const looked = Array.from({ length: 22 }, (_, index) => 10 + index * 10);
  const errors = burstErrors(outcome, outcome.sender, looked, heard);
  const most = Math.max(...errors.map(Math.abs));
  console.info(`kept sound of a clock that drifts: off by at most ${most.toFixed(1)} ms`);
  expect(most).toBeLessThan(MOST_OFF_MS + CLOCK_MS);
});

test('[KEEP5] what was lost is silence, and a gap however short', async () => {
  const start = new ManualClock().nowMs();
  const isLost = (nowMs: number) => nowMs - start >= 10_000 && nowMs - start < 10_020;
  const uplink = { audio: { ...CALM, loses: isLost }, video: CALM };
  const outcome = await simulate({ seconds: 20, codec: 'opus', uplink });
  const gaps = outcome.entry.gaps.filter(({ fromMs }) => fromMs < 19_000);
  expect(gaps).toMatchObject([{ kind: 'audio', cause: 'lost' }]);
  const [gap] = gaps;
  expect(((gap?.toMs ?? 0) - (gap?.fromMs ?? 0)).toFixed(1)).toBe('20.0');
  const packets = packetsOf(await tagsOf(outcome.file));
  const from = ((gap?.fromMs ?? 0) - outcome.entry.startOffsetMs) / PACKET_MS;
  expect(
    packets
      .slice(Math.floor(from) - 1, Math.floor(from) + 3)
      .map(({ packet }) => packet.equals(SILENT_PACKETS[1])),
  ).toContain(true);
});

test('[KEEP6] a file that was cut off is repaired as it would have been finished', async () => {
  const { file } = await simulate({ seconds: 10, codec: 'opus' });
  const tags = await tagsOf(file);
  expect(metadataOf(tags[0])).toMatchObject({ audiocodecid: 1_332_770_163, hasAudio: true });
  const cut = Buffer.from(file);
  // What is said of the file before it is finished is not what is said then.
  cut.fill(0, (tags[0]?.offset ?? 0) + DURATION.from, (tags[0]?.offset ?? 0) + DURATION.to);
  expect((await repaired(cut))?.equals(file)).toBe(true);
  const end = tags.at(-5);
  const whole = await repaired(file.subarray(0, (end?.end ?? 0) + 7));
  expect(whole?.length).toBe(end?.end);
  expect(metadataOf((await tagsOf(whole ?? Buffer.alloc(0)))[0])).toMatchObject({
    audiocodecid: 1_332_770_163,
  });
});
