import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './wait.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const START = join(ROOT, 'scripts', 'start.ts');

/** Set-up may build the client on its first run; servers then come up within seconds. */
const READY_LIMIT_MS = 90_000;
const MEDIA_PORTS = 40;
export const ADMIN_PASSWORD = 'correct horse battery';

type Environment = Record<string, string>;

export interface System {
  url: string;
  recordingsDir: string;
  /** Everything printed so far, both outputs. */
  output(): string;
  /** The process id of one of the servers now; another one after a restart. */
  pidOf(server: 'sfu' | 'recorder' | 'archive'): Promise<number>;
  stop(): Promise<void>;
}

/** Servers that run by themselves. */
export interface StartedSystem extends Omit<System, 'recordingsDir' | 'pidOf'> {
  env: Environment;
  secrets: { JOIN_SECRET: string; RECORDER_TOKEN: string };
}

export interface StartedRecorder {
  pid: number;
  output(): string;
  stop(): Promise<void>;
}

/** A system's own ports and folders, apart from everybody else's. */
export async function ownEnvironment(folder: string): Promise<Environment> {
  const base = await freePorts(4 + 2 * MEDIA_PORTS);
  return {
    HOST: '127.0.0.1',
    PORT: `${base}`,
    SFU_PORT: `${base + 1}`,
    RECORDER_HEALTH_PORT: `${base + 2}`,
    RTC_PORT: `${base + 3}`,
    SFU_WORKERS: '1',
    PLAIN_PORT_MIN: `${base + 4}`,
    PLAIN_PORT_MAX: `${base + 3 + MEDIA_PORTS}`,
    RECORDER_PORT_MIN: `${base + 4 + MEDIA_PORTS}`,
    RECORDER_PORT_MAX: `${base + 3 + 2 * MEDIA_PORTS}`,
    SFU_URL: `http://127.0.0.1:${base + 1}`,
    ARCHIVE_URL: `http://127.0.0.1:${base}`,
    RECORDINGS_DIR: join(folder, 'recordings'),
    DATA_DIR: join(folder, 'data'),
    ADMIN_PASSWORD,
    MIN_FREE_DISK: '0',
    LOG_LEVEL: 'info',
  };
}

/** Runs the whole system, or one server, without waiting for anything; `output` grows as it prints. */
export function launch(env: Environment, entry = START): { process: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [entry], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const take = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return { process: child, output: () => text };
}

/**
 * Starts the whole system on its own ports and folders; resolves when the front door and a recorder serve.
 * @param changes keys of its environment
 */
export async function startSystem(changes: Environment = {}): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-e2e-'));
  // Where they find each other is for the supervisor to know.
  const env: Environment = { ...(await ownEnvironment(folder)), SFU_URL: '', ARCHIVE_URL: '', ...changes };
  const started = launch(env);
  const stop = async (): Promise<void> => {
    await end(started.process);
    await rm(folder, { recursive: true, force: true });
  };
  const healthPorts = [env.PORT, env.SFU_PORT, env.RECORDER_HEALTH_PORT];
  await untilHealthy([started], healthPorts, stop);
  return {
    url: `http://127.0.0.1:${env.PORT}`,
    recordingsDir: env.RECORDINGS_DIR ?? '',
    output: started.output,
    stop,
    pidOf: (server) => childRunning(started.process, `${server}/main.ts`),
  };
}

/** Starts a meeting server and the front door by themselves, with secrets that the test knows. */
export async function startWithoutRecorder(): Promise<StartedSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-e2e-'));
  const secrets = {
    SECRET: 'secret of the tests, long enough to sign with',
    JOIN_SECRET: 'join secret of the tests, long enough to sign with',
    RECORDER_TOKEN: 'recorder token of the tests, long enough',
  };
  const env: Environment = { ...(await ownEnvironment(folder)), ...secrets };
  await Promise.all([env.RECORDINGS_DIR, env.DATA_DIR].map((path) => mkdir(path ?? '', { recursive: true })));
  const started = ['sfu', 'archive'].map((name) => launch(env, join(ROOT, name, 'main.ts')));
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(({ process: child }) => end(child)));
    await rm(folder, { recursive: true, force: true });
  };
  await untilHealthy(started, [env.PORT, env.SFU_PORT], stop);
  const output = (): string => started.map((one) => one.output()).join('\n');
  return { url: `http://127.0.0.1:${env.PORT}`, env, secrets, output, stop };
}

/** Starts one more recorder of a system, on its store, with its own name and ports. @param changes keys for it alone */
export async function startRecorder(
  { env }: StartedSystem,
  recorderId: string,
  changes: Environment = {},
): Promise<StartedRecorder> {
  const base = await freePorts(1 + MEDIA_PORTS);
  const own = {
    RECORDER_ID: recorderId,
    RECORDER_HEALTH_PORT: `${base}`,
    RECORDER_PORT_MIN: `${base + 1}`,
    RECORDER_PORT_MAX: `${base + MEDIA_PORTS}`,
  };
  const started = launch({ ...env, ...own, ...changes }, join(ROOT, 'recorder', 'main.ts'));
  const stop = (): Promise<void> => end(started.process);
  await untilHealthy([started], [own.RECORDER_HEALTH_PORT], stop);
  const { pid } = started.process;
  if (pid === undefined) throw new Error('The recorder has no process.');
  return { pid, output: started.output, stop };
}

async function untilHealthy(
  started: readonly ReturnType<typeof launch>[],
  ports: readonly (string | undefined)[],
  stop: () => Promise<void>,
): Promise<void> {
  try {
    await until(
      'the system serves',
      async () => {
        if (started.some(({ process: child }) => child.exitCode !== null)) return 'ended';
        const answers = await Promise.all(ports.map((port) => fetch(`http://127.0.0.1:${port}/healthz`)));
        return answers.every(({ ok }) => ok);
      },
      READY_LIMIT_MS,
      100,
    );
    const ended = started.find(({ process: child }) => child.exitCode !== null);
    if (ended) throw new Error(`A process ended with ${ended.process.exitCode}.`);
  } catch (cause) {
    await stop();
    throw new Error(`${(cause as Error).message}\n${started.map(({ output }) => output()).join('\n')}`, {
      cause,
    });
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}

/** Linux only: the child of `parent` whose command line ends with `entry`. */
async function childRunning(parent: ChildProcess, entry: string): Promise<number> {
  const children = await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8');
  for (const pid of children.trim().split(' ')) {
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    if (words.some((word) => word.endsWith(entry))) return Number(pid);
  }
  throw new Error(`no ${entry} among the processes ${children}`);
}

/** The first of `count` consecutive ports that are free, both UDP and TCP, below those that the system hands out. */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const base = 15_000 + Math.floor(Math.random() * (32_000 - 15_000 - count));
    const ports = Array.from({ length: count }, (_, index) => base + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return base;
  }
  throw new Error(`no ${count} free ports in a row`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () =>
      server.close(() => {
        const socket = createSocket('udp4').on('error', () => resolve(false));
        socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
      }),
    );
  });
}
