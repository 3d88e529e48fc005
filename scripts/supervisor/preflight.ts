import { createSocket } from 'node:dgram';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';

/** A port that is about to be listened on, and the key that moves it elsewhere. */
export interface NeededPort {
  key: string;
  host: string;
  port: number;
  protocol: 'tcp' | 'udp';
}

/** Makes the folder when there is none, and a file in it. @throws Fault `storage-unwritable` that names key and folder. */
export function checkWritable(key: string, folder: string): void {
  const probe = join(folder, `.writable-${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    const words = `The folder ${folder} (${key}) cannot be written: ${(cause as Error).message}. Make it writable, or set ${key} to another folder in .env.`;
    throw new Fault('storage-unwritable', words, { cause });
  }
}

/** @throws Fault `port-busy` that names every port that cannot be had, with the key that changes it. */
export async function checkPorts(ports: readonly NeededPort[]): Promise<void> {
  const answers = await Promise.all(ports.map(whyNot));
  const faults = answers.flatMap((words) => words ?? []);
  if (faults.length > 0) throw new Fault('port-busy', faults.join('\n'));
}

/** Binds the port for a moment; the answer is why that cannot be done. */
function whyNot(needed: NeededPort): Promise<string | undefined> {
  return new Promise((resolve) => {
    const fail = (cause: NodeJS.ErrnoException): void => resolve(inWords(needed, cause));
    if (needed.protocol === 'tcp') {
      const server = createServer().on('error', fail);
      server.listen({ host: needed.host, port: needed.port, exclusive: true }, () =>
        server.close(() => resolve(undefined)),
      );
    } else {
      const socket = createSocket(needed.host.includes(':') ? 'udp6' : 'udp4').on('error', fail);
      socket.bind(needed.port, needed.host, () => socket.close(() => resolve(undefined)));
    }
  });
}

function inWords(
  { key, host, port, protocol }: NeededPort,
  { code, message }: NodeJS.ErrnoException,
): string {
  const name = `${protocol.toUpperCase()} port ${port} on ${host} (${key})`;
  if (code === 'EADDRINUSE')
    return `${name} is already in use. Stop the other program, or set ${key} in .env.`;
  if (code === 'EACCES')
    return `${name} may not be used by this user. Set ${key} to a port above 1023 in .env.`;
  return `${name} cannot be listened on: ${message}. Check the address and ${key} in .env.`;
}
