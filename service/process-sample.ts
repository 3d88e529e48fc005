import { readdirSync, readFileSync } from 'node:fs';

/** Ticks in a second of /proc's times: the kernel shows them as 100 whatever it counts in (proc(5), `USER_HZ`). */
const TICKS_PER_SECOND = 100;
/** Behind the name in parentheses, which may hold anything, counted from the state (proc(5), /proc/pid/stat). */
const STATE = 0;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/**
 * What a process is doing: `runs` or would if it were its turn; `waits` for a disk, swapped out or not; `sleeps` until
 * something comes; is `stopped` by a signal, or dead.
 */
export type Activity = 'runs' | 'waits' | 'sleeps' | 'stopped';

export interface ProcessSample {
  activity: Activity;
  /** That it has had since it began. */
  cpuMs: number;
}

/** Undefined where the system does not tell: none but Linux has /proc, and a process that is gone is not in it. */
export function sampleProcess(pid: number): ProcessSample | undefined {
  try {
    const { activity, cpuMs } = sampleOf(`/proc/${pid}/stat`);
    return { activity: activity === 'sleeps' ? busiestThread(pid) : activity, cpuMs };
  } catch {
    return undefined;
  }
}

/** A process's line tells the state of its first thread, which may wait for others that would run. */
function busiestThread(pid: number): Activity {
  const others = readdirSync(`/proc/${pid}/task`).filter((thread) => thread !== String(pid));
  const activities = others.map((thread) => sampleOf(`/proc/${pid}/task/${thread}/stat`).activity);
  return activities.find((activity) => activity !== 'sleeps') ?? 'sleeps';
}

/** @throws Error when it is gone */
function sampleOf(path: string): ProcessSample {
  const text = readFileSync(path, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]);
  return { activity: activityOf(fields[STATE]), cpuMs: (ticks * 1000) / TICKS_PER_SECOND };
}

function activityOf(state: string | undefined): Activity {
  if (state === 'R') return 'runs';
  if (state === 'D') return 'waits';
  return state === 'S' || state === 'I' ? 'sleeps' : 'stopped';
}
