import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { opusBursts } from '../testing/opus-bursts.ts';
import { AudioPool, BATCH_MS, FLUSH_INTERVAL_MS } from './audio-pool.ts';
import type { AudioGap, SoundFrame } from './audio-transcoder.ts';
import { MAX_KILLS } from './pooled-stream.ts';
import { POISON } from './testing/poison.ts';

const PACKET = 960;
/** After the third death in a row. */
const LONGEST_WAITED_MS = 500;
const bursts = opusBursts();

let clock: ManualClock;
let pool: AudioPool;
let logged: { event: string; streams: unknown }[];

async function open(size: number): Promise<void> {
  clock = new ManualClock();
  const workerEntry = new URL('./testing/fragile-worker.ts', import.meta.url);
  logged = [];
  const error = (event: string, fields: Record<string, unknown> = {}): void =>
    void logged.push({ event, streams: fields.streams });
  pool = new AudioPool({ log: { ...silentLog, error }, clock, size, workerEntry });
  await pool.start();
}

/** A stream with what it handed out, and a hand that pushes its packets in turn. */
function openStream() {
  const frames: SoundFrame[] = [];
  const gaps: AudioGap[] = [];
  const stream = pool.open({
    channels: 1,
    onFrames: (more) => frames.push(...more),
    onGap: (gap) => gaps.push(gap),
  });
  let next = 0;
  const push = (payload = bursts[next % bursts.length] ?? POISON): void => {
    stream.push({ positionSamples: next * PACKET, payload });
    next += 1;
    stream.advance(next * PACKET);
  };
  return { stream, frames, gaps, push, endSample: () => next * PACKET };
}

/** Lets time pass until a file's sound is whole. */
async function finish({ endSample, stream }: ReturnType<typeof openStream>): Promise<void> {
  let isWhole = false;
  const whole = stream.finish(endSample()).then(() => {
    isWhole = true;
  });
  // No more time passes than does in fact: a worker that has not had its turn yet has not died of it.
  const look = () => {
    clock.advance(FLUSH_INTERVAL_MS);
    return isWhole;
  };
  await vi.waitUntil(look, { interval: FLUSH_INTERVAL_MS });
  await whole;
  stream.close();
}

const deaths = (): number => pool.stats().restarts + (pool.stats().workers === 0 ? 1 : 0);

async function kill(): Promise<void> {
  const before = deaths();
  for (const pid of pool.pids) process.kill(pid, 'SIGKILL');
  await vi.waitUntil(() => deaths() > before);
}

beforeEach(() => open(1));
afterEach(async () => {
  await pool.close();
  expect(clock.pending).toBe(0);
});

test('[AUD12] a worker that dies again and again is started again more and more seldom, and files go on in silence', async () => {
  const person = openStream();
  const { frames, gaps, push } = person;
  await kill();
  expect(pool.stats().workers).toBe(1);
  await kill();
  expect(pool.stats().workers).toBe(0);
  for (let packet = 0; packet < 100; packet += 1) push();
  expect(frames).toHaveLength(Math.floor((100 * PACKET) / 1024));
  // The file goes on, but nothing of them is heard in it.
  expect(person.stream.behindSamples).toBe(100 * PACKET);
  clock.advance(250);
  expect(pool.stats()).toMatchObject({ workers: 1, restarts: 2, silenced: 0 });
  for (let packet = 0; packet < 50; packet += 1) push();
  await finish(person);
  expect(frames.map(({ index }) => index)).toEqual(Array.from({ length: 141 }, (_, index) => index));
  expect(new Set(frames.map(({ data }) => data.toString('hex'))).size).toBeGreaterThan(5);
  expect(gaps).toEqual([{ cause: 'audio-worker-lost', fromSample: 0, toSample: 100 * PACKET }]);
});

test('[AUD8] a worker that dies is one line in the log, however many people it had', async () => {
  const people = Array.from({ length: 30 }, openStream);
  for (const { push } of people) push();
  await kill();
  for (const person of people) {
    for (let packet = 0; packet < 5; packet += 1) person.push();
    await finish(person);
  }
  expect(logged).toEqual([{ event: 'audio-worker-lost', streams: 30 }]);
});

test('[AUD13] a stream over which workers die is silenced, and takes nobody else down again and again', async () => {
  await pool.close();
  await open(2);
  const [poisonous, ...others] = [openStream(), openStream(), openStream()];
  for (let round = 0; round < 40; round += 1) {
    poisonous?.push(POISON);
    for (const other of others) for (let packet = 0; packet < 5; packet += 1) other.push();
    const pids = pool.pids;
    const isOver = pool.stats().silenced > 0;
    clock.advance(isOver ? FLUSH_INTERVAL_MS : BATCH_MS);
    if (isOver) continue;
    await vi.waitUntil(() => pids.some((pid) => !pool.pids.includes(pid)));
    clock.advance(LONGEST_WAITED_MS);
  }
  expect(pool.stats()).toMatchObject({ workers: 2, restarts: MAX_KILLS, silenced: 1 });
  for (const other of others) {
    await finish(other);
    const { endSample, frames, gaps } = other;
    expect(frames.at(-1)?.index).toBe(Math.ceil(endSample() / 1024) - 1);
    // Everybody was there when the first worker died; those who moved then were not disturbed any more.
    expect(gaps.length).toBeLessThanOrEqual(1);
    expect(new Set(frames.map(({ data }) => data.toString('hex'))).size).toBeGreaterThan(20);
  }
  if (!poisonous) throw new Error('nobody');
  await finish(poisonous);
  expect(poisonous.frames.at(-1)?.index).toBe(Math.ceil(poisonous.endSample() / 1024) - 1);
  expect(poisonous.gaps.at(-1)?.toSample).toBe(poisonous.endSample());
});
