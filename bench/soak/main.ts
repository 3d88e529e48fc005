import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { setUp } from '#scripts/setup/set-up.ts';
import { SCENARIOS } from './scenarios.ts';

const HELP = `npm run soak [-- OPTIONS]

Lets people join, leave, mute, switch cameras off, get lost and come back, and start and stop recordings, in the real
servers; then compares what the servers hold on to in the first and the last quarter, with everybody gone who came,
and looks at every file. Ends with 1 when something grew or a file is not sound.

  --scenario meetings  many meetings of people without a browser; or \`browser\`: one room, whose host watches and
                       records in a real one
  --minutes 10         how long
  --participants 60    how many people at once; 30 where one has a browser
  --seed 1             another one, another course of events
`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      participants: { type: 'string' },
      scenario: { type: 'string', default: 'meetings' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'minutes' | 'participants' | 'seed', least: number, fallback?: number): number => {
    const value = Number(values[name] ?? fallback);
    if (value >= least) return value;
    throw new Error(`--${name} takes a number from ${least}, not "${values[name]}".\n\n${HELP}`);
  };
  const scenario = SCENARIOS.find((known) => known === values.scenario);
  if (!scenario)
    throw new Error(`--scenario takes ${SCENARIOS.join(' or ')}, not "${values.scenario}".\n\n${HELP}`);
  return {
    help: values.help,
    scenario,
    minutes: number('minutes', 0),
    participants: number('participants', 2, scenario === 'browser' ? 30 : 60),
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
  print(
    `${options.scenario}: ${options.participants} people for ${options.minutes} minutes, seed ${options.seed}\n`,
  );
  process.exitCode = (await soak({ ...options, print })) ? 0 : 1;
}

await main();
