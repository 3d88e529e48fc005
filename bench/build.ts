import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installDependencies } from '#scripts/setup/dependencies.mjs';
import { cacheFolder, root } from '#scripts/setup/places.ts';
import type { RecorderHost } from './recorder-host.ts';

/** A build of this project whose recorder is measured. Each is spoken to by its own idea of the protocol. */
export interface Build {
  name: string;
  folder: string;
  nodeFlags: readonly string[];
  host(token: string): RecorderHost;
}

export function thisBuild(): Promise<Build> {
  return buildIn(root, 'verbatim');
}

/** The same, whose recorder leaves a profile of its first thread in this folder. */
export function profiled(build: Build, folder: string): Build {
  return { ...build, nodeFlags: [...build.nodeFlags, '--cpu-prof', `--cpu-prof-dir=${folder}`] };
}

/**
 * The build of another revision: a worktree of it, with its packages, kept in the cache for the next time.
 * @throws Error when git knows no such revision
 */
export async function buildOf(revision: string): Promise<Build> {
  const commit = git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`);
  const folder = join(cacheFolder(process.env), 'bench', commit);
  git('worktree', 'prune');
  if (!existsSync(folder)) git('worktree', 'add', '--detach', folder, commit);
  installDependencies(folder);
  return buildIn(folder, `verbatim at ${revision}`);
}

async function buildIn(folder: string, name: string): Promise<Build> {
  const host: typeof import('./recorder-host.ts') = await import(join(folder, 'bench/recorder-host.ts'));
  const flags: typeof import('#recorder/node-flags.ts') = await import(
    join(folder, 'recorder/node-flags.ts')
  );
  return {
    name,
    folder,
    nodeFlags: flags.RECORDER_NODE_FLAGS,
    host: (token) => new host.RecorderHost(token),
  };
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  } catch (cause) {
    throw new Error(`git ${args.join(' ')} failed. Is it a revision of this clone?`, { cause });
  }
}
