import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDependencies, projectNode } from './dependencies.mjs';
import { giveUp, SetupError } from './progress.mjs';

/** The oldest Node that can run this bootstrap; everything after it runs on the project's own. */
const OLDEST_NODE = 20;

const PARENT_WATCH_MS = 500;

/**
 * Installs the packages, then runs a TypeScript entry on the project's Node 24, as if it were this process: same
 * arguments, same terminal, its exit status, and signals passed on. An IPC channel tells it should this process die.
 * @param {string} entry file name inside scripts/
 */
export function handOver(entry) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    giveUp(
      new SetupError(
        `This is Node ${process.versions.node}; install Node ${OLDEST_NODE} or newer: https://nodejs.org`,
      ),
    );
  }
  try {
    installDependencies(root);
  } catch (cause) {
    giveUp(cause);
  }
  const child = spawn(projectNode(root), [join(root, 'scripts', entry), ...process.argv.slice(2)], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  // A signal sent to npm ends npm and its shell, and never comes here: that the parent is gone is all one sees of it.
  const parent = process.ppid;
  const watch = () => process.ppid !== parent && child.kill('SIGTERM');
  if (process.env.npm_lifecycle_event) setInterval(watch, PARENT_WATCH_MS);
  child.on('error', giveUp);
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
