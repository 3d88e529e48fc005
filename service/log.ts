import { pino } from 'pino';

/** A log line is an event's name plus fields. */
export interface Log {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}

/** JSON lines on standard output, without anything that could identify a person by accident: log ids, not names. */
export function openLog(service: string, level: string): Log {
  const logger = pino({ base: { service }, level, redact: ['token', 'password', 'hostKey', 'secret'] });
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
  };
}

export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Where something that nobody foresaw came from, for a log. */
export function stackOf(cause: unknown): string {
  return (cause instanceof Error && cause.stack) || String(cause);
}
