import { execFileSync } from 'node:child_process';
import { OpusDecoder } from '../audio/opus-decoder.ts';
import { parseAudioData } from '../flv/audio-data.ts';
import type { FlvTag } from '../flv/flv-reader.ts';
import { TAG_TYPE } from '../flv/flv-tag.ts';
import type { Captured } from './capture-rig.ts';
import { burstErrorMs, isBurstHeard, SAMPLE_RATE } from './opus-bursts.ts';
import type { Sender } from './sender.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const MAX_OUTPUT_BYTES = 2 ** 30;

type Sounding = Pick<Captured, 'file' | 'originMs'>;

/** By how much the bursts of these seconds of the sender lie beside where it heard them, in ms. @param heard all of the file's sound */
export function burstErrors(
  captured: Sounding,
  sender: Sender,
  seconds: readonly number[],
  heard: Float32Array = samplesOf(captured),
): number[] {
  return seconds.map((second) => burstErrorMs(heard, secondAt(captured, sender, second)));
}

/** Those of these seconds of the sender in which there is silence where its burst is due. */
export function silentBursts(captured: Sounding, sender: Sender, seconds: readonly number[]): number[] {
  const heard = samplesOf(captured);
  return seconds.filter((second) => !isBurstHeard(heard, secondAt(captured, sender, second)));
}

function secondAt({ originMs }: Sounding, sender: Sender, second: number): number {
  return ((sender.soundMs(second) - originMs) * SAMPLE_RATE) / 1000;
}

function samplesOf({ file }: Sounding): Float32Array {
  const raw = execFileSync(
    FFMPEG,
    ['-v', 'error', '-xerror', '-f', 'flv', '-i', '-', '-map', '0:a', '-ac', '1', '-f', 'f32le', '-'],
    { input: file, maxBuffer: MAX_OUTPUT_BYTES },
  );
  return new Float32Array(Uint8Array.from(raw).buffer);
}

/** The sound of a file that keeps Opus, by libopus, each packet where its tag says. */
export async function keptSamplesOf(tags: readonly FlvTag[]): Promise<Float32Array> {
  using decoder = await OpusDecoder.open(1);
  const packets = packetsOf(tags);
  const heard = new Float32Array(((packets.at(-1)?.atMs ?? 0) + 200) * (SAMPLE_RATE / 1000));
  for (const { atMs, packet } of packets)
    heard.set(decoder.decode(packet)?.[0] ?? [], (atMs * SAMPLE_RATE) / 1000);
  return heard;
}

/** The Opus packets of a file. */
export function packetsOf(tags: readonly FlvTag[]): { atMs: number; packet: Buffer }[] {
  return tags.flatMap(({ data, timestampMs, type }) => {
    const sound = type === TAG_TYPE.audio ? parseAudioData(data) : undefined;
    return sound?.type === 'frame' ? [{ atMs: timestampMs, packet: sound.frame }] : [];
  });
}
