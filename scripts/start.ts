import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { Fault } from '../protocol/errors.ts';
import { systemClock } from '../service/clock.ts';
import { openLog } from '../service/log.ts';
import { exitWithFailure, onStopRequested } from '../service/supervised.ts';
import { root } from './setup/places.ts';
import { giveUp, SetupError } from './setup/progress.mjs';
import { setUp } from './setup/set-up.ts';
import { HELP, readArguments } from './supervisor/arguments.ts';
import { banner } from './supervisor/banner.ts';
import { type Environment, readEnvironment } from './supervisor/environment.ts';
import { httpsEnvironment, pageAddresses } from './supervisor/https.ts';
import { lanAddresses } from './supervisor/lan-address.ts';
import { launchNode } from './supervisor/launch.ts';
import { readableLine } from './supervisor/log-line.ts';
import { checkPorts, checkWritable } from './supervisor/preflight.ts';
import { type Config, neededPorts, processes, readAllConfig } from './supervisor/processes.ts';
import { readSecrets } from './supervisor/secrets.ts';
import { SupervisedProcess } from './supervisor/supervised-process.ts';

/** How long the processes may take to close their files and connections. */
const STOP_GRACE_MS = 10_000;

const clock = systemClock;

/** The environment of the processes: what is set, `.env`, `--https`, and the secrets, in this order. */
async function prepareEnvironment(https: boolean, lan: readonly string[]): Promise<Environment> {
  const given = readEnvironment(root, process.env);
  const dataDir = resolve(root, given.DATA_DIR ?? './data');
  checkWritable('DATA_DIR', dataDir);
  checkWritable('RECORDINGS_DIR', resolve(root, given.RECORDINGS_DIR ?? './recordings'));
  const env = https
    ? await httpsEnvironment({ env: given, dataDir, addresses: lan, nowMs: clock.nowMs() })
    : given;
  return { ...env, ...readSecrets(dataDir, env) };
}

/** Starts the processes and prints the address once all of them serve; from then on they are kept alive. */
async function serve(env: Environment, config: Config, lan: readonly string[]): Promise<void> {
  const print = (service: string) => (line: string) =>
    process.stdout.write(`${readableLine(service, line)}\n`);
  const log = openLog('start', config.LOG_LEVEL);
  const supervised = processes.map(
    ({ name, entry }) =>
      new SupervisedProcess({
        name,
        clock,
        log,
        launch: launchNode({ entry, cwd: root, env, print: print(name) }),
      }),
  );
  const stopAll = () => Promise.all(supervised.map((one) => one.stop(STOP_GRACE_MS)));
  onStopRequested(async () => {
    await stopAll();
  });
  try {
    const ready = await Promise.all(supervised.map((one) => one.start()));
    const adminPassword = ready.flatMap((message) => message.adminPassword ?? [])[0];
    const selfSigned = config.TLS_CERT !== undefined && config.TLS_CERT !== process.env.TLS_CERT;
    process.stdout.write(banner(pageAddresses({ ...config, lan }), adminPassword, selfSigned));
  } catch (cause) {
    await stopAll();
    throw cause;
  }
}

async function main(): Promise<void> {
  const { help, https } = readArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const lan = lanAddresses(networkInterfaces());
  // Before the long set-up: what is wrong with the configuration is better said at once.
  const env = await prepareEnvironment(https, lan);
  const config = readAllConfig(env);
  await checkPorts(neededPorts(config));
  await serve({ ...(await setUp(env, clock.nowMs())) }, config, lan);
}

main().catch((cause: unknown) => {
  if (cause instanceof SetupError) giveUp(cause);
  exitWithFailure(
    cause instanceof Fault ? new Fault(cause.code, `\nVerbatim cannot start.\n${cause.message}`) : cause,
  );
});
