import { type ChildProcess, fork } from 'node:child_process';
import { join, resolve } from 'node:path';
import { until } from '#e2e/testing/wait.ts';
import { family } from '../process-usage.ts';
import type { FiguresWanted, OwnFigures } from './probe-messages.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ANSWER_LIMIT_MS = 10_000;
const KEPT_OUTPUT = 20_000;

/** One of the real servers with a probe in it. */
export class MeasuredProcess {
  readonly name: string;
  readonly child: ChildProcess;
  #output = '';

  /** Resolves once it serves. @param entry in this clone, or anywhere @throws Error with its last words when it ends before */
  static async start(
    name: string,
    entry: string,
    env: NodeJS.ProcessEnv,
    nodeFlags: readonly string[] = [],
  ): Promise<MeasuredProcess> {
    const started = new MeasuredProcess(name, entry, env, nodeFlags);
    await new Promise<void>((resolve, reject) => {
      started.child.once('message', () => resolve());
      started.child.once('exit', (code) =>
        reject(new Error(`the ${name} ended with ${code}:\n${started.output}`)),
      );
    });
    return started;
  }

  private constructor(name: string, entry: string, env: NodeJS.ProcessEnv, nodeFlags: readonly string[]) {
    this.name = name;
    this.child = fork(resolve(ROOT, entry), [], {
      cwd: ROOT,
      silent: true,
      execArgv: [...nodeFlags],
      env: {
        ...env,
        NODE_OPTIONS: `--import=${join(import.meta.dirname, 'probe.ts')}`,
        SOAK_PROBE: `${process.pid}`,
      },
    });
    const keep = (chunk: Buffer): void => {
      this.#output = `${this.#output}${chunk}`.slice(-KEPT_OUTPUT);
    };
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
  }

  /** The last of what it printed. */
  get output(): string {
    return this.#output;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Its own process id, and those of its children and theirs. */
  get pids(): { own: number; children: number[] } {
    const [own = 0, ...children] = family(this.child.pid ?? 0);
    return { own, children };
  }

  /** What it holds on to, after a garbage collection. */
  async ownFigures(): Promise<OwnFigures> {
    let answer: OwnFigures | undefined;
    const take = (message: OwnFigures): void => {
      if (message.soak === 'own-figures') answer = message;
    };
    this.child.on('message', take);
    this.child.send({ soak: 'figures' } satisfies FiguresWanted);
    try {
      return await until(`the ${this.name} tells its figures`, () => answer, ANSWER_LIMIT_MS);
    } finally {
      this.child.off('message', take);
    }
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.hasEnded) return resolve();
      this.child.once('exit', () => resolve());
      this.child.kill('SIGTERM');
    });
  }
}
