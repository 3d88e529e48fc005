import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { oggPackets, picturesOf } from '#recorder/flv/testing/encoded-media.ts';
import { packetize } from '#recorder/testing/sender.ts';

/** Media repeat after this long, a keyframe first. */
export const LOOP_MS = 10_000;
/** As browsers cut their packets. */
const MAX_PAYLOAD_BYTES = 1180;
const VERSION = 2;
const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';

/** A payload and when it is due, from the loop's beginning. */
export interface Item {
  atMs: number;
  marker: boolean;
  payload: Buffer;
}

export interface Media {
  video: Item[];
  audio: Item[];
}

/** Speech: a second and a half of syllables, then a pause in which Opus would send nothing (DTX). */
const SPEECH =
  '0.5*(sin(2*PI*(140+30*sin(2*PI*0.7*t))*t)+0.6*sin(2*PI*(420+80*sin(2*PI*1.3*t))*t)+0.3*sin(2*PI*(1900+300*sin(2*PI*2*t))*t)+0.1*(random(0)-0.5))*(0.2+0.8*abs(sin(2*PI*2.6*t)))*lt(mod(t,2.5),1.7)';
const PAUSE = { everyMs: 2500, fromMs: 1720, toMs: 2480 };
/** In a pause Opus sends one packet of a byte every 400 ms (RFC 7587 §3.1.3). */
const DTX_INTERVAL_MS = 400;
const DTX = Buffer.of(0x78);

function cacheFolder(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cache, 'verbatim', 'bench-media', `${VERSION}`);
}

/** Encodes once, and keeps the result for the next time. */
function made(name: string, args: readonly string[]): Buffer {
  const path = join(cacheFolder(), name);
  if (!existsSync(path)) {
    mkdirSync(cacheFolder(), { recursive: true });
    writeFileSync(path, execFileSync(FFMPEG, ['-v', 'error', ...args, '-'], { maxBuffer: 1 << 28 }));
  }
  return readFileSync(path);
}

/** Pictures as they are encoded once. */
export interface Camera {
  size: string;
  framesPerSecond: number;
  kbps: number;
}

/** 720p30 at 1.5 Mbit/s */
export const HD_CAMERA: Camera = { size: '1280x720', framesPerSecond: 30, kbps: 1500 };

/** Pictures of one slice each, one keyframe a loop; and speech with pauses in Opus at 32 kbit/s. */
export function makeMedia({ framesPerSecond, kbps, size }: Camera = HD_CAMERA): Media {
  const seconds = LOOP_MS / 1000;
  const h264 = made(`camera-${size}-${framesPerSecond}-${kbps}.h264`, [
    ...['-f', 'lavfi', '-i', `mandelbrot=s=${size}:r=${framesPerSecond}`, '-t', `${seconds}`],
    ...['-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'],
    ...['-b:v', `${kbps}k`, '-maxrate', `${kbps * 1.1}k`, '-bufsize', `${kbps / 4}k`],
    ...['-g', `${seconds * framesPerSecond}`, '-sc_threshold', '0'],
    ...['-x264-params', 'sliced-threads=0:slices=1', '-f', 'h264'],
  ]);
  const ogg = made('speech.ogg', [
    ...['-f', 'lavfi', '-i', `aevalsrc='${SPEECH}':s=48000`, '-t', `${seconds}`],
    ...['-c:a', 'libopus', '-application', 'voip', '-b:a', '32k', '-f', 'ogg'],
  ]);
  const video = picturesOf(h264).flatMap(({ keyframe, nals, pps, sps }, index): Item[] => {
    const payloads = packetize(keyframe ? [sps, pps, ...nals] : nals, MAX_PAYLOAD_BYTES);
    return payloads.map((payload, i) => ({
      atMs: (index * 1000) / framesPerSecond,
      marker: i === payloads.length - 1,
      payload,
    }));
  });
  const audio = oggPackets(ogg)
    .slice(0, LOOP_MS / 20)
    .map((payload, index) => ({ atMs: index * 20, marker: false, payload }))
    .flatMap((item): Item[] => {
      const inPhraseMs = item.atMs % PAUSE.everyMs;
      if (inPhraseMs < PAUSE.fromMs || inPhraseMs >= PAUSE.toMs) return [item];
      return (inPhraseMs - PAUSE.fromMs) % DTX_INTERVAL_MS < 20 ? [{ ...item, payload: DTX }] : [];
    });
  return { video, audio };
}

/** Who does not talk sends DTX alone. */
export function quiet(): Item[] {
  return Array.from({ length: LOOP_MS / DTX_INTERVAL_MS }, (_, index) => ({
    atMs: index * DTX_INTERVAL_MS,
    marker: false,
    payload: DTX,
  }));
}
