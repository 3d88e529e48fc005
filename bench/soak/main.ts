import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { setUp } from '../../scripts/setup/set-up.ts';

const HELP = `npm run soak [-- OPTIONS]

Lets people join, leave, mute, switch cameras off, get lost and come back, and start and stop recordings, in the real
servers; then compares what the servers hold on to in the first and the last quarter, with everybody gone who came,
and looks at every file. Ends with 1 when something grew or a file is not sound.

  --minutes 10        how long
  --participants 60   how many people at once
  --seed 1            another one, another course of events
`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      participants: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'minutes' | 'participants' | 'seed', least: number): number => {
    const value = Number(values[name]);
    if (value >= least) return value;
    throw new Error(`--${name} takes a number from ${least}, not "${values[name]}".\n\n${HELP}`);
  };
  return {
    help: values.help,
    minutes: number('minutes', 0),
    participants: number('participants', 2),
    seed: number('seed', 0),
  };
}

async function main(): Promise<void> {
  const { help, ...options } = readArguments();
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (help) return print(HELP);
  // Before what uses them is loaded: the programs are found by these names.
  Object.assign(process.env, await setUp(process.env, Date.now()));
  const { soak } = await import('./soak.ts');
  print(`${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.version}`);
  print(`${options.participants} people for ${options.minutes} minutes, seed ${options.seed}\n`);
  process.exitCode = (await soak({ ...options, print })) ? 0 : 1;
}

await main();
