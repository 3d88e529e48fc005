import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { AudioCodec } from '#protocol/people.ts';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { TranscodePool } from '../transcode/transcode-pool.ts';
import { type Captured, CaptureRig } from './capture-rig.ts';
import { Hop, seeded, type Weather } from './hop.ts';
import { type Camera, Sender } from './sender.ts';
import { SimulatedSfu } from './simulated-sfu.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
export const CALM: Weather = { delayMs: 10 };
/** What is on its way, or asked for once more, has come by then. */
const SETTLE_MS = 3000;
/** Transcoders work in real time: the clock waits for them after each of these. */
const STEP_MS = 10;

/** A recording that was made, and those who know what should be in it. */
export interface Simulated extends Captured {
  sender: Sender;
  sfu: SimulatedSfu;
  uplink: Record<'audio' | 'video', Hop>;
  lastHop: Hop;
}

/** The parts of a simulation while it runs. */
export interface Running {
  clock: ManualClock;
  rig: CaptureRig;
  sender: Sender;
  sfu: SimulatedSfu;
  /** Of a camera that sends VP8. */
  transcodes: TranscodePool | undefined;
}

/** One sender, an SFU and the recorder under one injected clock, seeded: the same each time. */
export async function simulate(options: {
  seconds: number;
  seed?: number;
  uplink?: Weather | Record<'audio' | 'video', Weather>;
  lastHop?: Weather;
  sender?: Partial<ConstructorParameters<typeof Sender>[0]>;
  /** Of the file's sound, AAC when left out. */
  codec?: AudioCodec;
  /** It sends VP8, which real children of ffmpeg transcode. */
  vp8Camera?: Camera;
  /** Called before each second. */
  eachSecond?: (second: number, running: Running) => void;
}): Promise<Simulated> {
  const clock = new ManualClock();
  const random = seeded(options.seed ?? 1);
  const weather = options.uplink ?? CALM;
  const uplink =
    'delayMs' in weather
      ? { audio: new Hop(clock, random, weather), video: new Hop(clock, random, weather) }
      : { audio: new Hop(clock, random, weather.audio), video: new Hop(clock, random, weather.video) };
  const lastHop = new Hop(clock, random, options.lastHop ?? CALM);
  const back = new Hop(clock, random, CALM);
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-simulation-'));
  try {
    const transcodes =
      options.vp8Camera && new TranscodePool({ ffmpeg: FFMPEG, max: 2, log: silentLog, clock });
    const rig: CaptureRig = new CaptureRig({
      clock,
      folder,
      transcodes,
      codec: options.codec,
      onFeedback: (datagram) => back.send(() => sfu.feedback(datagram)),
    });
    const sfu: SimulatedSfu = new SimulatedSfu({
      clock,
      random,
      lastHop,
      deliver: (datagram) => rig.person.datagram(datagram),
      requestKeyframe: () => back.send(() => sender.requestKeyframe()),
    });
    await rig.open();
    const sender = new Sender({
      ...options.sender,
      ...(options.vp8Camera && { camera: options.vp8Camera }),
      clock,
      onPacket: (packet) => uplink[packet.kind].send(() => sfu.forward(packet)),
    });
    for (let second = 0; second < options.seconds; second += 1) {
      options.eachSecond?.(second, { clock, rig, sender, sfu, transcodes });
      await pass(clock, 1000, transcodes);
    }
    sender.stop();
    await pass(clock, SETTLE_MS, transcodes);
    return { ...(await rig.stop()), sender, sfu, uplink, lastHop };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function pass(clock: ManualClock, ms: number, transcodes: TranscodePool | undefined): Promise<void> {
  for (let passedMs = 0; transcodes && passedMs < ms; passedMs += STEP_MS) {
    clock.advance(STEP_MS);
    while (isBusy(transcodes)) await setImmediate();
  }
  if (!transcodes) clock.advance(ms);
  // The disk works in real time.
  await setImmediate();
}

/** Pictures are under way, or a child has not ended that is to. */
function isBusy(transcodes: TranscodePool): boolean {
  const { pending, running } = transcodes.stats();
  return pending > 0 || transcodes.pids.length > running;
}
