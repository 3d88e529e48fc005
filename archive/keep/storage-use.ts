import { statfs } from 'node:fs/promises';
import type { StorageResult } from '#protocol/http/storage.ts';
import type { Catalog } from '../catalog/catalog.ts';

const DAY_MS = 86_400_000;
const SHOWN_DAYS = 90;
/** What the forecast looks back on. */
const FORECAST_DAYS = 30;
/** Beyond this no forecast means anything. */
const FORECAST_LIMIT_DAYS = 3650;

/** What may still be written on the disk that this folder is on. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** How much of the disk is used, day by day, and when it will be full if it goes on like this. */
export async function storageUse(parts: {
  catalog: Catalog;
  recordingsDir: string;
  exportBytes: number;
  minFreeBytes: number;
  nowMs: number;
}): Promise<Omit<StorageResult, 'retention'>> {
  const { catalog, exportBytes, minFreeBytes, nowMs } = parts;
  const [totals, days, disk] = await Promise.all([
    catalog.totals(),
    catalog.daysOfUse(startOfDay(nowMs) - (SHOWN_DAYS - 1) * DAY_MS),
    statfs(parts.recordingsDir),
  ]);
  const freeBytes = disk.bavail * disk.bsize;
  return {
    bytes: totals.bytes + exportBytes,
    recordings: totals.recordings,
    disk: { totalBytes: disk.blocks * disk.bsize, freeBytes },
    minFreeBytes,
    days,
    forecast: forecast(days, freeBytes - minFreeBytes, nowMs),
  };
}

/** @param roomBytes that may still be filled */
export function forecast(
  days: readonly { day: string; bytes: number }[],
  roomBytes: number,
  nowMs: number,
): StorageResult['forecast'] {
  const fromMs = startOfDay(nowMs) - (FORECAST_DAYS - 1) * DAY_MS;
  const recent = days.filter(({ day }) => Date.parse(day) >= fromMs);
  const [first] = recent;
  if (!first) return { bytesPerDay: 0 };
  // An archive that is younger than the time looked back on is judged by the days that it has.
  const span = Math.max(1, (nowMs - Date.parse(first.day)) / DAY_MS);
  const bytesPerDay = recent.reduce((sum, { bytes }) => sum + bytes, 0) / span;
  const daysLeft = Math.max(0, roomBytes) / bytesPerDay;
  return daysLeft > FORECAST_LIMIT_DAYS
    ? { bytesPerDay }
    : { bytesPerDay, fullAtMs: Math.floor(nowMs + daysLeft * DAY_MS) };
}

const startOfDay = (ms: number) => Math.floor(ms / DAY_MS) * DAY_MS;
