/** Years have four digits up to here, and a broken manifest may say anything. */
const LAST_MS = Date.UTC(9999, 11, 30);

/** An instant as it stands in names: `2026-11-22 10-00-05` on the clocks of a place, without what file systems refuse. */
export class LocalTime {
  readonly #format: Intl.DateTimeFormat;

  /** @param timeZone an IANA name; without one, this machine's. @throws RangeError when there is no such zone */
  constructor(timeZone?: string) {
    this.#format = new Intl.DateTimeFormat('en', {
      ...(timeZone !== undefined && { timeZone }),
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  of(epochMs: number): string {
    const at = Math.min(LAST_MS, Math.max(0, epochMs));
    const parts = new Map(this.#format.formatToParts(at).map(({ type, value }) => [type, value]));
    const [day, time] = [
      ['year', 'month', 'day'],
      ['hour', 'minute', 'second'],
    ].map((types) => types.map((type) => parts.get(type as Intl.DateTimeFormatPartTypes)).join('-'));
    return `${day} ${time}`;
  }
}
