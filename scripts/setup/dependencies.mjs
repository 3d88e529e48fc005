import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { SetupError, say } from './progress.mjs';
import { hashPaths, isStamped, stamp } from './stamp.mjs';

/** The project's own Node 24, an npm package like the others. @param {string} root */
export function projectNode(root) {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * The environment for npm: without the settings of an npm that started us, and without this project's own tools on
 * PATH, whose Node is replaced while npm runs.
 * @param {NodeJS.ProcessEnv} env @param {string} root
 */
export function npmEnvironment(env, root) {
  const kept = Object.entries(env).filter(
    ([key]) => !/^npm_(lifecycle|package|command|node|execpath|config_local_prefix)/.test(key),
  );
  const folders = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(root, 'node_modules')));
  // A Node started by its full path may be on no PATH: npm lies beside it.
  if (!process.execPath.startsWith(join(root, 'node_modules'))) folders.push(dirname(process.execPath));
  return { ...Object.fromEntries(kept), PATH: folders.join(delimiter) };
}

/**
 * Installs the exact packages of package-lock.json when they are not installed already, without running anybody's
 * install script but that of `node`, which puts the binary of this platform in place.
 * @param {string} root
 */
export function installDependencies(root) {
  const value = `${process.platform} ${process.arch} ${hashPaths(root, ['package-lock.json'])}`;
  const file = join(root, 'node_modules', '.verbatim-installed');
  if (isStamped(file, value) && existsSync(projectNode(root))) return;
  say('Installing packages (npm ci); this takes half a minute');
  runNpm(root, ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  runNpm(root, ['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error']);
  if (!existsSync(projectNode(root))) {
    throw new SetupError(
      `Node 24 could not be installed for ${process.platform} ${process.arch}.\nTry: npm rebuild node --ignore-scripts=false`,
    );
  }
  stamp(file, value);
}

/** @param {string} root @param {string[]} args */
function runNpm(root, args) {
  const { error, status } = spawnSync('npm', args, {
    cwd: root,
    env: npmEnvironment(process.env, root),
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error)
    throw new SetupError(
      `npm does not start (${error.message}).\nInstall Node 20 or newer together with npm: https://nodejs.org`,
    );
  if (status !== 0) {
    throw new SetupError(
      `npm ${args.join(' ')} failed; its own words are above.\nCheck the network, then try: npm ${args.join(' ')}`,
    );
  }
}
