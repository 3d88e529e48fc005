/** Seconds from the NTP era 0 (1900) to the Unix epoch (RFC 5905 §A.4). */
const UNIX_EPOCH_S = 2_208_988_800;
const ERA_S = 2 ** 32;
const FRACTION = 2 ** 32;

/** A 64-bit NTP timestamp as epoch milliseconds, to a fraction of a microsecond; of the years 1968 to 2104. */
export function ntpToEpochMs(seconds: number, fraction: number): number {
  // The seconds wrap in 2036: with the top bit clear they are of era 1 (RFC 4330 §3).
  const sinceEra0S = seconds < ERA_S / 2 ? seconds + ERA_S : seconds;
  return (sinceEra0S - UNIX_EPOCH_S) * 1000 + (fraction * 1000) / FRACTION;
}

/** Epoch milliseconds as the two halves of an NTP timestamp. */
export function epochMsToNtp(epochMs: number): { seconds: number; fraction: number } {
  const seconds = Math.floor(epochMs / 1000);
  const fraction = Math.floor(((epochMs - seconds * 1000) * FRACTION) / 1000);
  return { seconds: (seconds + UNIX_EPOCH_S) % ERA_S, fraction };
}
