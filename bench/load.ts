import { setTimeout } from 'node:timers/promises';
import { kernelDrops } from '#service/kernel-drops.ts';
import { cpuSeconds, family, memoryBytes } from './process-usage.ts';

/** How many people, and how many of them talk. */
export interface Load {
  participants: number;
  talking: 'all' | 'fifth';
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

/** Everything has been opened and compiled: the first seconds of a recording are not like the hours that follow. */
const WARM_UP_MS = 15_000;
/** Between two garbage collections memory goes up: what counts is the mean. */
const MEMORY_LOOKS = 10;

export function talks({ talking }: Load, participant: number): boolean {
  return talking === 'all' || participant % 5 === 0;
}

/** What these processes use while people are recorded. @param idleBytes what they used before anybody came */
export async function measure(
  load: Load,
  roots: readonly number[],
  ports: readonly number[],
  idleBytes: number,
): Promise<Pick<Row, 'corePercentPerParticipant' | 'memoryBytesPerParticipant'> & { dropped: number }> {
  await setTimeout(WARM_UP_MS);
  const pids = roots.flatMap(family);
  const [fromS, fromMs] = [cpuSeconds(pids), performance.now()];
  const memory: number[] = [];
  for (let look = 0; look < MEMORY_LOOKS; look += 1) {
    await setTimeout((load.seconds * 1000) / MEMORY_LOOKS);
    memory.push(memoryBytes(pids) - idleBytes);
  }
  const seconds = (performance.now() - fromMs) / 1000;
  const drops = await kernelDrops();
  return {
    corePercentPerParticipant: ((cpuSeconds(pids) - fromS) / seconds / load.participants) * 100,
    memoryBytesPerParticipant:
      memory.reduce((sum, bytes) => sum + bytes, 0) / memory.length / load.participants,
    dropped: ports.reduce((sum, port) => sum + (drops?.get(port) ?? 0), 0),
  };
}
