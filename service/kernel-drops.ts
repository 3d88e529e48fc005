import { readFile } from 'node:fs/promises';

/** Linux lists UDP sockets here, each with what it dropped because its receive buffer was full (proc(5)). */
const TABLES = ['/proc/net/udp', '/proc/net/udp6'];

/**
 * @param table as in /proc/net/udp: a heading, then a line each
 * @returns by local port, the datagrams that the kernel dropped; lines that are not understood are left out
 */
export function parseDrops(table: string): Map<number, number> {
  const drops = new Map<number, number>();
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [, hexPort] = /:([0-9A-F]{4})$/.exec(fields[1] ?? '') ?? [];
    const dropped = fields.at(-1) ?? '';
    if (hexPort === undefined || !/^\d+$/.test(dropped)) continue;
    const port = Number.parseInt(hexPort, 16);
    drops.set(port, (drops.get(port) ?? 0) + Number(dropped));
  }
  return drops;
}

/** What the kernel dropped at each local UDP port; undefined where the system does not tell. */
export async function kernelDrops(): Promise<Map<number, number> | undefined> {
  const tables = await Promise.all(TABLES.map((path) => readFile(path, 'utf8').catch(() => undefined)));
  const known = tables.filter((table) => table !== undefined);
  return known.length > 0 ? parseDrops(known.join('\n')) : undefined;
}
