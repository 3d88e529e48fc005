import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { installPackages, missingPackages } from './apt.ts';
import { cacheFolder, type Environment, inCacheScratch } from './places.ts';
import { SetupError, say } from './progress.mjs';
import { isReachable } from './reachable.ts';
import { run } from './run.ts';
import { hashPaths } from './stamp.mjs';

/** The folder of our own build, relative to the clone. */
const RECIPE_FOLDER = 'scripts/media-worker';

/** What the build needs on Debian (scripts/media-worker/README.md). */
const BUILD_PACKAGES =
  'make g++ pkg-config flatbuffers-compiler libflatbuffers-dev libuv1-dev libssl-dev libsrtp2-dev'.split(' ');

const DOWNLOAD_LIMIT_MS = 120_000;

/** The status of a worker that loads, started without what mediasoup would tell it (its main.cpp). */
const LOADED_STATUS = 41;

/**
 * The cache's name for the worker that this clone needs. Another version of mediasoup, another machine or another
 * recipe is another worker.
 */
export function mediaWorkerKey(root: string, platform = process.platform, arch = process.arch): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(root, 'node_modules/mediasoup/package.json'), 'utf8'),
  );
  const { version } = manifest as { version: string };
  const recipe = hashPaths(root, [RECIPE_FOLDER], (name) => name.endsWith('.md')).slice(0, 12);
  return `mediasoup-${version}-${platform}-${arch}-${recipe}`;
}

/**
 * The media worker's path: MEDIASOUP_WORKER_BIN, else the cached one, else the official download, else built here.
 * @throws SetupError when none of these gives a worker that runs.
 */
export async function mediaWorker(root: string, env: Environment): Promise<string> {
  const given = env.MEDIASOUP_WORKER_BIN;
  if (given) {
    if (await loads(given)) return given;
    throw new SetupError(
      `MEDIASOUP_WORKER_BIN is set to ${given}, which does not run.\nUnset it, and one is downloaded or built.`,
    );
  }
  const cache = cacheFolder(env);
  const cached = join(cache, 'media-worker', mediaWorkerKey(root));
  if (existsSync(cached) && (await loads(cached))) return cached;
  mkdirSync(dirname(cached), { recursive: true });
  await inCacheScratch(cache, async (scratch) => {
    const made = join(scratch, 'mediasoup-worker');
    if (!(await download(root, made, env))) await build(root, scratch, env);
    if (!(await loads(made))) {
      throw new SetupError(
        `The media worker was built but does not run.\nTry it by hand: see ${RECIPE_FOLDER}/README.md`,
      );
    }
    renameSync(made, cached);
  });
  return cached;
}

/** Whether this is a worker that runs here. */
async function loads(path: string): Promise<boolean> {
  return (await run(path, [], { env: {}, limitMs: 10_000 })).status === LOADED_STATUS;
}

/** Fetches the official prebuilt worker with mediasoup's own script; false where there is none to be had. */
async function download(root: string, target: string, env: Environment): Promise<boolean> {
  const folder = join(root, 'node_modules', 'mediasoup');
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { repository } = manifest as { repository: { url: string } };
  const base = env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL ?? repository.url.replace(/^git\+/, '');
  if (env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD || !(await isReachable(base, env))) return false;
  say('Downloading the media worker');
  const { status } = await run(process.execPath, ['npm-scripts.mjs', 'postinstall'], {
    cwd: folder,
    limitMs: DOWNLOAD_LIMIT_MS,
    // Where the download fails this script would go on to a build of its own, with Python and downloads of six more
    // projects. With `false` for a Python it ends there, and our build follows.
    env: { ...env, PYTHON: 'false' },
  });
  const fetched = join(folder, 'worker', 'out', 'Release', 'mediasoup-worker');
  if (status !== 0 || !existsSync(fetched)) return false;
  copyFileSync(fetched, target);
  rmSync(join(folder, 'worker', 'out'), { recursive: true });
  return true;
}

/** Builds the worker from the package's sources with the system's libraries, into `scratch`. */
async function build(root: string, scratch: string, env: Environment): Promise<void> {
  const missing = await missingPackages(BUILD_PACKAGES, env);
  if (missing.length > 0) await installPackages('building the media worker', missing, env);
  say('Building the media worker: about three minutes on two cores, only this once');
  let compiled = 0;
  const { status, output } = await run(
    'make',
    [
      `-j${availableParallelism()}`,
      ...['-f', join(root, RECIPE_FOLDER, 'Makefile')],
      `WORKER=${join(root, 'node_modules', 'mediasoup', 'worker')}`,
      `BUILD=${scratch}`,
    ],
    {
      env,
      onLine: (line) => {
        const total = /^compiled one of (\d+)$/.exec(line)?.[1];
        if (total !== undefined && ++compiled % 25 === 0)
          say(`Media worker: ${compiled} of ${total} files compiled`);
      },
    },
  );
  if (status === 0) return;
  const errors = output.trim().split('\n').slice(-15).join('\n');
  throw new SetupError(
    `The media worker could not be built:\n${errors}\nSet MEDIASOUP_WORKER_BIN to one built elsewhere, or see ${RECIPE_FOLDER}/README.md`,
  );
}
