import { setTimeout } from 'node:timers/promises';
import type { AudioCodec } from '#protocol/people.ts';
import { kernelDrops } from '#service/kernel-drops.ts';
import { cpuSeconds, family, mainThreadSeconds, memoryBytes } from './process-usage.ts';

/** How many people, and how many of them talk. */
export interface Load {
  participants: number;
  talking: 'all' | 'fifth';
  /** Of the files; those of ffmpeg, and of a build that knows no other, have AAC. */
  audio: AudioCodec;
  /** How long CPU is measured. */
  seconds: number;
}

export interface Row {
  /** Whose, and of which build. */
  recorder: string;
  participants: number;
  talking: Load['talking'];
  corePercentPerParticipant: number;
  memoryBytesPerParticipant: number;
  lostDatagrams: number;
  /** Of Node alone: ffmpeg has no event loop. */
  eventLoopDelayP99Ms: number | undefined;
}

/** Where the CPU of processes went, the first of which is looked into, in seconds; and when, on the monotonic clock. */
export interface Spent {
  mainThread: number;
  otherThreads: number;
  children: number;
  seconds: number;
  fromUs: number;
  toUs: number;
}

/** Everything has been opened and compiled: the first seconds of a recording are not like the hours that follow. */
export const WARM_UP_MS = 15_000;
/** Between two garbage collections memory goes up: what counts is the mean. */
const MEMORY_LOOKS = 10;

export function talks({ talking }: Load, participant: number): boolean {
  return talking === 'all' || participant % 5 === 0;
}

export interface Usage extends Pick<Row, 'corePercentPerParticipant' | 'memoryBytesPerParticipant'> {
  spent: Spent;
  /** Datagrams that the kernel had no room for. */
  dropped: number;
}

/** What these processes use while people are recorded. @param idleBytes what they used before anybody came */
export async function measure(
  load: Load,
  roots: readonly number[],
  ports: readonly number[],
  idleBytes: number,
): Promise<Usage> {
  await setTimeout(WARM_UP_MS);
  const pids = roots.flatMap(family);
  const [first = 0, ...others] = pids;
  const look = () => ({
    ...{ atUs: Number(process.hrtime.bigint() / 1000n), mainThread: mainThreadSeconds(first) },
    ...{ process: cpuSeconds([first]), children: cpuSeconds(others) },
  });
  const before = look();
  const memory: number[] = [];
  for (let count = 0; count < MEMORY_LOOKS; count += 1) {
    await setTimeout((load.seconds * 1000) / MEMORY_LOOKS);
    memory.push(memoryBytes(pids) - idleBytes);
  }
  const after = look();
  const seconds = (after.atUs - before.atUs) / 1e6;
  const mainThread = after.mainThread - before.mainThread;
  const otherThreads = after.process - before.process - mainThread;
  const children = after.children - before.children;
  const drops = await kernelDrops();
  return {
    spent: { mainThread, otherThreads, children, seconds, fromUs: before.atUs, toUs: after.atUs },
    corePercentPerParticipant: ((mainThread + otherThreads + children) / seconds / load.participants) * 100,
    memoryBytesPerParticipant:
      memory.reduce((sum, bytes) => sum + bytes, 0) / memory.length / load.participants,
    dropped: ports.reduce((sum, port) => sum + (drops?.get(port) ?? 0), 0),
  };
}
