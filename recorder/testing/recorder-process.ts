import type { RecorderCommandName } from '#protocol/recorder.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { AudioPool } from '../audio/audio-pool.ts';
import type { CommandHandlers } from '../control/sfu-link.ts';
import { openRecorder } from '../control/testing/open-recorder.ts';
import { Recordings } from '../storage/recordings.ts';

/** How often it is noted what a heartbeat would say. */
const BEAT_MS = 100;

/** A message to it: a command of the SFU, answered with its result and what heartbeats have said of files until then. */
export interface Order {
  name: RecorderCommandName;
  params: object;
}

export interface Report {
  result: object;
  states: string[];
}

/** A recorder in a process of its own, over IPC instead of a link to an SFU. Its folder is the argument. */
async function main(folder: string): Promise<void> {
  const audio = new AudioPool({ log: silentLog, clock: systemClock, size: 1 });
  await audio.start();
  const recorder = openRecorder({ recordings: new Recordings(folder), audio });
  const states: string[] = [];
  systemClock.every(BEAT_MS, () => {
    for (const { state } of recorder.heartbeat().recordings.flatMap(({ files }) => files))
      if (state !== states.at(-1)) states.push(state);
  });
  process.on('message', async ({ name, params }: Order) => {
    const command = recorder.commands[name] as (
      params: object,
    ) => ReturnType<CommandHandlers[RecorderCommandName]>;
    process.send?.({ result: await command(params), states } satisfies Report);
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ result: {}, states } satisfies Report);
}

await main(process.argv[2] ?? '');
