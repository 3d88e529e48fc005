import type { StorageResult } from '#protocol/http/storage.ts';

export type DayOfUse = StorageResult['days'][number];

const DAY_MS = 86_400_000;
const STEPS = [1, 2, 5, 10];

/** The last `count` days (UTC) up to now, in order; those that are not among the given have nothing. */
export function lastDays(days: readonly DayOfUse[], nowMs: number, count: number): DayOfUse[] {
  const given = new Map(days.map((one) => [one.day, one]));
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(nowMs - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10);
    return given.get(day) ?? { day, bytes: 0, recordings: 0 };
  });
}

/** The least of 1, 2 and 5 times a power of ten that is not below `value`: the top of a scale; 1 for nothing. */
export function scaleTop(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (STEPS.find((step) => step * power >= value) ?? 10);
}
