import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installPackages } from './apt.ts';
import { findProgram } from './find-program.ts';
import { cacheFolder, type Environment, inCacheScratch } from './places.ts';
import { SetupError, say } from './progress.mjs';
import { isReachable } from './reachable.ts';
import { run } from './run.ts';

const OLDEST_MAJOR = 5;
const DOWNLOAD_LIMIT_MS = 180_000;
/** How long a failed download is not tried again: a closed network mostly stays closed. */
const RETRY_AFTER_MS = 24 * 3_600_000;
const DOWNLOADS = 'https://github.com/eugeneware/ffmpeg-static/releases/download';

export interface Ffmpeg {
  path: string;
  /** As ffmpeg gives it: `5.1.6-0+deb12u1`, or `N-118000-g…` of a build from its repository. */
  version: string;
}

/**
 * The ffmpeg to use: FFMPEG_PATH, else ffmpeg-static's, else the system's, else Debian's newly installed.
 * @throws SetupError when FFMPEG_PATH is broken, or none can be had.
 */
export async function ffmpeg(root: string, env: Environment, nowMs: number): Promise<Ffmpeg> {
  if (env.FFMPEG_PATH) {
    const given = await probe(env.FFMPEG_PATH);
    if (typeof given !== 'string') return given;
    throw new SetupError(
      `FFMPEG_PATH is set to ${env.FFMPEG_PATH}, ${given}.\nUnset it, or set it to ffmpeg ${OLDEST_MAJOR} or newer.`,
    );
  }
  const reasons: string[] = [];
  for (const candidate of [staticFfmpeg, systemFfmpeg, debianFfmpeg]) {
    const path = await candidate(root, env, nowMs);
    if (path === undefined) continue;
    const found = await probe(path);
    if (typeof found !== 'string') return found;
    reasons.push(`${path}: ${found}`);
  }
  throw new SetupError(
    `No ffmpeg works here.\n${reasons.join('\n')}\nInstall ffmpeg ${OLDEST_MAJOR} or newer, and set FFMPEG_PATH to it.`,
  );
}

/** Runs `ffmpeg -version`: the version, or in words why this one will not do. */
export async function probe(path: string): Promise<Ffmpeg | string> {
  const { status, output } = await run(path, ['-hide_banner', '-version'], { limitMs: 10_000 });
  const version = /^ffmpeg version (\S+)/m.exec(output)?.[1];
  if (status !== 0 || version === undefined) return 'which does not run as ffmpeg';
  const major = /^n?(\d+)\./.exec(version)?.[1];
  // A build from the repository (N-118000-g1234567) has no version; they are newer than any release we could name.
  if (major !== undefined && Number(major) < OLDEST_MAJOR) return `which is version ${version}, too old`;
  return { path, version };
}

/** The npm package's own download, kept in the cache. */
async function staticFfmpeg(root: string, env: Environment, nowMs: number): Promise<string | undefined> {
  const folder = join(root, 'node_modules', 'ffmpeg-static');
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const release = (manifest as { 'ffmpeg-static': Record<string, string> })['ffmpeg-static'][
    'binary-release-tag'
  ];
  const cache = cacheFolder(env);
  const cached = join(cache, 'ffmpeg', `ffmpeg-static-${release}-${process.platform}-${process.arch}`);
  if (existsSync(cached)) return cached;
  const failed = `${cached}.unavailable`;
  if (nowMs - (statSync(failed, { throwIfNoEntry: false })?.mtimeMs ?? 0) < RETRY_AFTER_MS) return undefined;

  mkdirSync(dirname(cached), { recursive: true });
  if (await isReachable(env.FFMPEG_BINARIES_URL ?? DOWNLOADS, env)) {
    say('Downloading ffmpeg');
    const done = await inCacheScratch(cache, async (scratch) => {
      const target = join(scratch, 'ffmpeg');
      // FFMPEG_BIN is where the package's script looks for the binary, and so where it puts it; XDG_CACHE_HOME keeps
      // its own copy of the download out of the user's folders.
      const own = { ...env, FFMPEG_BIN: target, XDG_CACHE_HOME: scratch };
      const { status } = await run(process.execPath, ['install.js'], {
        cwd: folder,
        env: own,
        limitMs: DOWNLOAD_LIMIT_MS,
      });
      if (status !== 0 || !existsSync(target)) return false;
      chmodSync(target, 0o755);
      renameSync(target, cached);
      return true;
    });
    if (done) return cached;
  }
  writeFileSync(failed, 'The download failed; it is tried again a day after this file was written.\n');
  return undefined;
}

async function systemFfmpeg(_root: string, env: Environment): Promise<string | undefined> {
  return findProgram(['ffmpeg'], env);
}

async function debianFfmpeg(_root: string, env: Environment): Promise<string | undefined> {
  await installPackages('MP4 export', ['ffmpeg'], env);
  return findProgram(['ffmpeg', '/usr/bin/ffmpeg'], env);
}
