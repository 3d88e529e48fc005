const SECOND_MS = 1000;
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `m:ss`, from an hour on `h:mm:ss`. */
export function formatDuration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / SECOND_MS));
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** In the unit, decimal, that leaves one to three digits before the point. */
export function formatBytes(bytes: number, locale: string): string {
  const step = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: BYTE_UNITS[step] ?? 'byte',
    maximumFractionDigits: step > 1 ? 1 : 0,
  }).format(bytes / 1000 ** step);
}

/** Date and time of an instant in epoch milliseconds, in the person's own time zone. */
export function formatDate(epochMs: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(epochMs);
}

/** Day and time of an instant in epoch milliseconds, as a meeting is called that nobody named. */
export function formatMoment(epochMs: number, locale: string): { day: string; time: string } {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, options).format(epochMs);
  return {
    day: format({ day: 'numeric', month: 'long' }),
    time: format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  };
}

/** The time of day of an instant in epoch milliseconds, in the person's own time zone. */
export function formatClock(epochMs: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(epochMs);
}

/** A calendar day, such as `2026-11-22`, in words. */
export function formatDay(day: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(Date.parse(day));
}

/** The day of an instant in epoch milliseconds, in the person's own time zone. */
export function formatDayOf(epochMs: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full' }).format(epochMs);
}

/** The sign of a gigabyte. */
export function gigabyteSign(locale: string): string {
  const parts = new Intl.NumberFormat(locale, { style: 'unit', unit: 'gigabyte' }).formatToParts(1);
  return parts.find(({ type }) => type === 'unit')?.value ?? '';
}

/** Whole seconds, none of them lost: at zero the time is over. */
export function secondsUntil(ms: number): number {
  return Math.max(0, Math.ceil(ms / SECOND_MS));
}
