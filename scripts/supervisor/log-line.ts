import type { Log } from '#service/log.ts';

const LEVELS: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

interface Entry {
  timeMs: number;
  service: string;
  level: string;
  event: string;
  fields: Record<string, unknown>;
}

/** A line of a process's log as a person reads it: `14:03:07.123 sfu      warn  worker-died pid=17`. Others stay as they are. */
export function readableLine(service: string, line: string): string {
  const entry = parse(line);
  if (entry === undefined) return `${service.padEnd(8)} ${line}`;
  const { level, time, service: _service, msg, ...fields } = entry;
  const name = LEVELS[Number(level)] ?? String(level);
  return inWords({ timeMs: Number(time), service, level: name, event: String(msg ?? ''), fields });
}

/** The supervisor's own log, in the same form. */
export function readableLog(service: string, nowMs: () => number, print: (line: string) => void): Log {
  const at =
    (level: string) =>
    (event: string, fields: Record<string, unknown> = {}): void =>
      print(inWords({ timeMs: nowMs(), service, level, event, fields }));
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function inWords({ timeMs, service, level, event, fields }: Entry): string {
  const { err, ...others } = fields;
  const clock = Number.isFinite(timeMs) ? new Date(timeMs).toISOString().slice(11, 23) : '';
  const words = Object.entries(others).map(([key, value]) => `${key}=${valueInWords(value)}`);
  const stack = (err as { stack?: string } | undefined)?.stack;
  const line = [clock, service.padEnd(8), level.padEnd(5), event, ...words].join(' ').trimEnd();
  return stack ? `${line}\n${stack}` : line;
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'level' in entry ? { ...entry } : undefined;
  } catch {
    return undefined; // Not a log line: it is passed on as it is.
  }
}

function valueInWords(value: unknown): string {
  return typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value);
}
