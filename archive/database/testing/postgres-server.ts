import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, vi } from 'vitest';

const run = promisify(execFile);

/** Where Debian puts them, a folder for each version. */
const DEBIAN = '/usr/lib/postgresql';

/** The folder of initdb and postgres. @throws Error that says what to install */
async function programs(): Promise<string> {
  if (process.env.POSTGRES_PATH) return dirname(process.env.POSTGRES_PATH);
  const versions = await readdir(DEBIAN).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest !== undefined) return join(DEBIAN, newest, 'bin');
  throw new Error(
    'These tests need PostgreSQL: sudo apt-get install postgresql\nOr set POSTGRES_PATH to its postgres, which has initdb beside it.',
  );
}

/** Whose processes they are: PostgreSQL refuses to be root's, and Debian's package makes a user for it. */
async function owner(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

/**
 * A real PostgreSQL server of this file's own, on a socket in a temporary folder, from before its first test until after its last
 * one. It forces nothing to the disk.
 */
export class PostgresServer {
  #folder = '';
  #process: ChildProcess | undefined;
  #made = 0;

  /** For the tests of the file that calls it. */
  static forThisFile(): PostgresServer {
    const server = new PostgresServer();
    beforeAll(() => server.#make(), 120_000);
    afterAll(() => server.#remove());
    return server;
  }

  /** Makes an empty database. @returns its DATABASE_URL */
  async database(): Promise<string> {
    this.#made += 1;
    const name = `test_${this.#made}`;
    await this.#ask(`CREATE DATABASE ${name}`);
    return this.#url(name);
  }

  /** Until it answers; once it runs that is at once. */
  async start(): Promise<void> {
    if (this.#process) return;
    const as = await owner();
    const data = join(this.#folder, 'data');
    const settings = ['listen_addresses=', `unix_socket_directories=${this.#folder}`, 'fsync=off'];
    const more = ['full_page_writes=off', 'shared_buffers=32MB'];
    const args = ['-D', data, ...[...settings, ...more].flatMap((setting) => ['-c', setting])];
    this.#process = spawn(join(await programs(), 'postgres'), args, {
      ...as,
      cwd: this.#folder,
      stdio: 'ignore',
    });
    await vi.waitFor(() => this.#ask('SELECT 1'), { timeout: 60_000, interval: 100 });
  }

  /** At once, as a crash would. */
  async stop(): Promise<void> {
    if (!this.#process) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGQUIT');
    await gone;
    this.#process = undefined;
  }

  async #make(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'verbatim-postgres-'));
    const as = await owner();
    if (as) await chown(this.#folder, as.uid, as.gid);
    const args = ['-D', join(this.#folder, 'data'), '-U', 'tests', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
    await run(join(await programs(), 'initdb'), [...args, '--locale=C.UTF-8'], { ...as, cwd: this.#folder });
    await this.start();
  }

  async #remove(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #url(name: string): string {
    return `postgres://tests@${encodeURIComponent(this.#folder)}/${name}`;
  }

  async #ask(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url('postgres') });
    await client.connect();
    await client.query(sql);
    await client.end();
  }
}
