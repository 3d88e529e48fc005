const LEVELS: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** A line of a process's log as a person reads it: `14:03:07.123 sfu      warn  worker-died pid=17`. Others stay as they are. */
export function readableLine(service: string, line: string): string {
  const entry = parse(line);
  if (entry === undefined) return `${service.padEnd(8)} ${line}`;
  const { level, time, service: _service, msg, err, ...fields } = entry;
  const clock = typeof time === 'number' ? new Date(time).toISOString().slice(11, 23) : '';
  const words = Object.entries(fields).map(([key, value]) => `${key}=${inWords(value)}`);
  const head = [
    clock,
    service.padEnd(8),
    (LEVELS[Number(level)] ?? String(level)).padEnd(5),
    String(msg ?? ''),
  ];
  const stack = (err as { stack?: string } | undefined)?.stack;
  return [...head, ...words].join(' ').trimEnd() + (stack ? `\n${stack}` : '');
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

function inWords(value: unknown): string {
  return typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value);
}
