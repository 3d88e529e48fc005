import { join } from 'node:path';
import { SetupError, say } from './progress.mjs';
import { run } from './run.ts';
import { hashPaths, isStamped, stamp } from './stamp.mjs';

/** What the built client is made of. */
const SOURCES = ['client', 'protocol', 'package.json', 'package-lock.json', 'tsconfig.base.json'];

/** Builds the pages into client/dist, unless they are built from these very sources already. @throws SetupError */
export async function buildClient(root: string): Promise<void> {
  const value = clientHash(root);
  // Inside the build's own folder, which the build empties first: a build cut short leaves no stamp.
  const file = join(root, 'client', 'dist', '.built-from');
  if (isStamped(file, value)) return;
  say('Building the pages');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const { status, output } = await run(process.execPath, [vite, 'build', 'client', '--logLevel', 'warn'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (status !== 0)
    throw new SetupError(`The pages could not be built:\n${output.trim()}\nTry: npx vite build client`);
  stamp(file, value);
}

/** A hash of all that the build reads; tests are not part of it. */
export function clientHash(root: string): string {
  return hashPaths(root, SOURCES, (name) => name === 'client/dist' || /\.test\.tsx?$/.test(name));
}
