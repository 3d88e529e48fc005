import '#service/owner-umask.ts';

import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import { systemClock } from '#service/clock.ts';
import { exitWithFailure, onStopRequested } from '#service/supervised.ts';
import { openToAnyone, policyOf } from '#service/who-may.ts';
import { compiledFolder, root } from './setup/places.ts';
import { giveUp, SetupError } from './setup/progress.mjs';
import { setUp } from './setup/set-up.ts';
import { lanAddresses, ownUrls, pageAddresses } from './supervisor/addresses.ts';
import { HELP, readArguments } from './supervisor/arguments.ts';
import { banner } from './supervisor/banner.ts';
import { httpsEnvironment } from './supervisor/certificate.ts';
import { type Environment, readEnvironment } from './supervisor/environment.ts';
import { launchNode } from './supervisor/launch.ts';
import { readableLine, readableLog } from './supervisor/log-line.ts';
import { checkPorts, checkWritable } from './supervisor/preflight.ts';
import {
  type Config,
  environmentFor,
  folders,
  neededPorts,
  processes,
  readAllConfig,
} from './supervisor/processes.ts';
import { readSecrets } from './supervisor/secrets.ts';
import { SupervisedProcess } from './supervisor/supervised-process.ts';

/** How long the processes may take to close their files and connections. */
const STOP_GRACE_MS = 10_000;

const clock = systemClock;

interface Prepared {
  env: Environment;
  /** The certificate is one that we made. */
  selfSigned: boolean;
}

/** The environment of the processes: what is set, `.env`, `--https`, and the secrets, in this order. */
async function prepare(https: boolean, lan: readonly string[]): Promise<Prepared> {
  const given = readEnvironment(root, process.env);
  const { dataDir, recordingsDir } = folders(given, root);
  checkWritable('DATA_DIR', dataDir);
  checkWritable('RECORDINGS_DIR', recordingsDir);
  const selfSigned = https && !(given.TLS_CERT && given.TLS_KEY);
  const env = https
    ? await httpsEnvironment({ env: given, dataDir, addresses: lan, nowMs: clock.nowMs() })
    : given;
  return { env: { ...env, ...readSecrets(dataDir, env) }, selfSigned };
}

/** Starts the processes and prints the address once all of them serve; from then on they are kept alive. */
async function serve(
  { env, selfSigned }: Prepared,
  config: Config,
  lan: readonly string[],
  watch: boolean,
): Promise<void> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const log = readableLog('start', clock.nowMs, print);
  for (const { name, entry, nodeFlags, fields } of processes) {
    const onLine = (line: string): void => print(readableLine(name, line));
    running.push(
      new SupervisedProcess({
        name,
        clock,
        log,
        launch: launchNode({
          nodeFlags,
          entry,
          cwd: root,
          env: { ...environmentFor(fields, env), NODE_COMPILE_CACHE: compiledFolder(env) },
          print: onLine,
          watch,
        }),
      }),
    );
  }
  const ready = await Promise.all(running.map((one) => one.start()));
  const adminPassword = ready.flatMap((message) => message.adminPassword ?? [])[0];
  const addresses = pageAddresses({ ...config, lan });
  const shown = watch ? [await servePages(addresses[0] ?? '')] : addresses;
  process.stdout.write(banner(shown, { adminPassword, selfSigned, anyoneMay: openToAnyone(config) }));
}

/**
 * The pages straight from their sources, reloading when one changes; all else is asked of the archive. For working on
 * Verbatim only. Answers the address.
 * @param archiveUrl where the archive listens
 */
async function servePages(archiveUrl: string): Promise<string> {
  process.env.ARCHIVE_URL = archiveUrl;
  const { createServer } = await import('vite');
  const server = await createServer({ configFile: join(root, 'client/vite.config.ts'), logLevel: 'warn' });
  await server.listen();
  return server.resolvedUrls?.local[0] ?? '';
}

const running: SupervisedProcess[] = [];

async function stopAll(): Promise<void> {
  await Promise.all(running.map((one) => one.stop(STOP_GRACE_MS)));
}

async function main(): Promise<void> {
  const { help, https, watch } = readArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const lan = lanAddresses(networkInterfaces());
  // Before the long set-up: what is wrong with the configuration is better said at once.
  const { env, selfSigned } = await prepare(https, lan);
  const config = readAllConfig(env);
  policyOf('CREATE', config.WHO_MAY_CREATE, config.CREATE_KEY);
  policyOf('RECORD', config.WHO_MAY_RECORD, config.RECORD_KEY);
  await checkPorts(neededPorts(config));
  const complete = { ...(await setUp(env, clock.nowMs())), ...ownUrls(env, config) };
  await serve({ env: complete, selfSigned }, config, lan, watch);
}

// From the beginning: a set-up whose terminal is gone must not go on to start servers.
onStopRequested(stopAll);
main().catch(async (cause: unknown) => {
  await stopAll();
  if (cause instanceof SetupError) giveUp(cause);
  exitWithFailure(
    cause instanceof Fault ? new Fault(cause.code, `\nVerbatim cannot start.\n${cause.message}`) : cause,
  );
});
