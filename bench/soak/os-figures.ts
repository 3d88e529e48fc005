import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What the kernel knows of some processes together. */
export interface OsFigures {
  pssBytes: number;
  rssBytes: number;
  descriptors: number;
  /** Of the descriptors those that are sockets, of any family. */
  sockets: number;
  udpPorts: number;
}

/** Of these processes now; one that has just ended counts as nothing. */
export function osFigures(pids: readonly number[]): OsFigures {
  const udp = udpInodes();
  const sum: OsFigures = { pssBytes: 0, rssBytes: 0, descriptors: 0, sockets: 0, udpPorts: 0 };
  for (const pid of pids) {
    const rollup = read(() => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? '';
    const links = descriptorLinks(pid);
    const sockets = links.filter((link) => link.startsWith('socket:'));
    sum.pssBytes += kibibytes(rollup, 'Pss');
    sum.rssBytes += kibibytes(rollup, 'Rss');
    sum.descriptors += links.length;
    sum.sockets += sockets.length;
    sum.udpPorts += sockets.filter((link) => udp.has(link.slice('socket:['.length, -1))).length;
  }
  return sum;
}

function descriptorLinks(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  const names = read(() => readdirSync(folder)) ?? [];
  return names.flatMap((name) => read(() => readlinkSync(`${folder}/${name}`)) ?? []);
}

/** The inodes of all UDP sockets (proc_net(5), the tenth column). */
function udpInodes(): Set<string> {
  const lines = ['/proc/net/udp', '/proc/net/udp6'].flatMap(
    (path) => read(() => readFileSync(path, 'utf8').trim().split('\n').slice(1)) ?? [],
  );
  return new Set(lines.flatMap((line) => line.trim().split(/\s+/)[9] ?? []));
}

function kibibytes(text: string, name: string): number {
  const [, kib = '0'] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text) ?? [];
  return Number(kib) * 1024;
}

/** Undefined when what is read has gone away meanwhile. */
function read<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw cause;
  }
}
