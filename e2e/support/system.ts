import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
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
  dataDir: string;
  env: Environment;
  process: ChildProcess;
  /** Everything printed so far, both outputs. */
  output(): string;
  /** The secret that the supervisor made, to mint tokens with. */
  secret(key: 'JOIN_SECRET' | 'RECORDER_TOKEN'): Promise<string>;
  /** The process id of one of the servers. */
  pidOf(server: 'sfu' | 'recorder' | 'archive'): Promise<number>;
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

/** Runs `node scripts/start.ts` without waiting for anything; `output` grows as it prints. */
export function launch(env: Environment): { process: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [START], {
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

/** Starts the whole system on its own ports and folders; resolves when the front door and a recorder serve. */
export async function startSystem(changes: Environment = {}): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-e2e-'));
  const env = { ...(await ownEnvironment(folder)), ...changes };
  const { process: child, output } = launch(env);
  const url = `http://127.0.0.1:${env.PORT}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until(
      'the system serves',
      async () => {
        if (child.exitCode !== null) return 'ended';
        const answers = [url, `http://127.0.0.1:${env.RECORDER_HEALTH_PORT}`, env.SFU_URL].map((base) =>
          fetch(`${base}/healthz`),
        );
        return (await Promise.all(answers)).every(({ ok }) => ok);
      },
      READY_LIMIT_MS,
      100,
    );
    if (child.exitCode !== null) throw new Error(`The system ended with ${child.exitCode}.`);
  } catch (cause) {
    await stop();
    throw new Error(`${(cause as Error).message}\n${output()}`, { cause });
  }
  return {
    url,
    recordingsDir: env.RECORDINGS_DIR ?? '',
    dataDir: env.DATA_DIR ?? '',
    env,
    process: child,
    output,
    stop,
    secret: async (key) => {
      const secrets = await readFile(join(env.DATA_DIR ?? '', 'secrets.env'), 'utf8');
      const value = new RegExp(`^${key}=(.+)$`, 'm').exec(secrets)?.[1];
      if (!value) throw new Error(`no ${key}`);
      return value;
    },
    pidOf: (server) => childRunning(child, `${server}/main.ts`),
  };
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
