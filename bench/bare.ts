import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Load, measure, talks } from './load.ts';
import { SenderProcess } from './sender-process.ts';

/** Percent of a core that a participant costs a process that receives the same datagrams, and nothing more: the floor. */
export async function runBare(load: Load): Promise<number> {
  const sender = new SenderProcess();
  const receiver = fork(join(import.meta.dirname, 'bare-receiver.ts'));
  try {
    await sender.ready();
    receiver.send(load.participants);
    const [ports] = (await once(receiver, 'message')) as [number[]];
    await sender.sendTo(
      ports.map((port, participant) => ({
        ...{ videoPort: port, audioPort: port, reportsTo: undefined },
        talks: talks(load, participant),
      })),
    );
    return (await measure(load, [receiver.pid ?? 0], ports, 0)).corePercentPerParticipant;
  } finally {
    await sender.end();
    receiver.disconnect();
    await once(receiver, 'exit');
  }
}
