import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Where a process id means something: this start of this machine, and this namespace of processes. Containers have the
 * same host name as often as not, and a process of another one is gone as far as kill(2) can tell.
 */
export function thisMachine(): string {
  // Without /proc (macOS) there are no namespaces either.
  if (process.platform !== 'linux') return hostname();
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
}
