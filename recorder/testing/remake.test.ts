import { expect, test } from 'vitest';
import { FRAME_MS } from '../flv/flv-muxer.ts';
import { metadataOf, repaired, sourceOf, tagsOf } from '../flv/testing/file-in-memory.ts';
import { remakeInAac } from '../remake.ts';
import { picturesOf } from './captured-pictures.ts';
import { burstErrors, packetsOf } from './captured-sound.ts';
import { simulate } from './simulation.ts';

async function remade(file: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const part of remakeInAac(sourceOf(file))) chunks.push(Buffer.concat(part.chunks));
  const whole = await repaired(Buffer.concat(chunks));
  if (!whole) throw new Error('nothing was made');
  return whole;
}

test('[KEEP7] a file with Opus is made into the one with AAC: sound and pictures in their places, silence where it was', async () => {
  const outcome = await simulate({
    seconds: 30,
    codec: 'opus',
    eachSecond: (second, { clock, rig, sender }) => {
      if (second !== 12 && second !== 16) return;
      sender.pause('audio', second === 12);
      rig.person.setPaused('microphone', second === 12, clock.nowMs());
    },
  });
  const file = await remade(outcome.file);
  const [before, after] = [await tagsOf(outcome.file), await tagsOf(file)];
  const frames = packetsOf(after).map(({ atMs }) => atMs);
  expect(frames).toEqual(frames.map((_, index) => Math.round(index * FRAME_MS.aac)));
  expect(
    Math.abs((metadataOf(after[0]).duration as number) - (metadataOf(before[0]).duration as number)),
  ).toBeLessThan(0.03);
  expect(metadataOf(after[0])).toMatchObject({
    audiocodecid: 10,
    encoder: 'Verbatim test',
    hasKeyframes: true,
  });
  const errors = burstErrors({ ...outcome, file }, outcome.sender, [10, 18, 22, 28]);
  console.info(`sound made AAC afterwards is off by ${errors.map((ms) => ms.toFixed(2)).join(' ')} ms`);
  for (const ms of errors) expect(Math.abs(ms)).toBeLessThan(1);
  expect(await picturesOf({ ...outcome, file })).toEqual(await picturesOf(outcome));
  // Four seconds of one prepared frame.
  const silent = packetsOf(after).filter(({ packet }) =>
    packet.equals(packetsOf(after)[Math.round(14_000 / FRAME_MS.aac)]?.packet ?? file),
  );
  expect(silent.length).toBeGreaterThan(3800 / FRAME_MS.aac);
});

test('[KEEP7] what has no Opus in it is refused', async () => {
  const { file } = await simulate({ seconds: 2 });
  await expect(remade(file)).rejects.toThrow('sound that is not Opus');
});
