import { readFileSync } from 'node:fs';

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
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]);
  return { activity: activityOf(fields[STATE]), cpuMs: (ticks * 1000) / TICKS_PER_SECOND };
}

function activityOf(state: string | undefined): Activity {
  if (state === 'R') return 'runs';
  if (state === 'D') return 'waits';
  return state === 'S' || state === 'I' ? 'sleeps' : 'stopped';
}
