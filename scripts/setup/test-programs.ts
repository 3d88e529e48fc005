import { installPackages, missingPackages } from './apt.ts';
import { findProgram, isExecutable } from './find-program.ts';
import type { Environment } from './places.ts';
import { SetupError } from './progress.mjs';

/** A program that only the tests need: the key that overrides it, where it is looked for, and Debian's package. */
interface TestProgram {
  key: string;
  names: readonly string[];
  debian: string;
}

const testPrograms: readonly TestProgram[] = [
  {
    key: 'CHROMIUM_PATH',
    names: [
      'chromium',
      'chromium-browser',
      'google-chrome',
      'google-chrome-stable',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    debian: 'chromium',
  },
  { key: 'FFPROBE_PATH', names: ['ffprobe'], debian: 'ffmpeg' },
  { key: 'FLVMETA_PATH', names: ['flvmeta'], debian: 'flvmeta' },
  {
    key: 'POSTGRES_PATH',
    // With initdb beside it; what else has that name on PATH is often a client's.
    names: [18, 17, 16, 15, 14, 13].map((version) => `/usr/lib/postgresql/${version}/bin/postgres`),
    debian: 'postgresql',
  },
  { key: 'UNZIP_PATH', names: ['unzip'], debian: 'unzip' },
];

/** Fonts by which names in several scripts are drawn: DejaVu, one that has no Latin, Hangul, Thai. */
const testFonts = [
  'fonts-dejavu-core',
  'fonts-droid-fallback',
  'fonts-nanum',
  'fonts-tlwg-loma-ttf',
  'fontconfig',
];

/** The S3 engine of store/testing/s3-engine.py: all of its servers are in this one. */
const testEngines = ['python3-swift'];

/** Where there is no dpkg the tests that need them say which ones are missing. */
async function installPackagesOfTests(env: Environment): Promise<void> {
  if (!findProgram(['dpkg-query'], env)) return;
  const missing = await missingPackages([...testFonts, ...testEngines], env);
  if (missing.length > 0) await installPackages('the tests', missing, env);
}

/**
 * Finds every program that the tests need beside the product's own, installs Debian's where one is missing, and
 * answers their paths by key (CHROMIUM_PATH, …), to be passed on in the environment.
 * @throws SetupError that names every missing program.
 */
export async function findTestPrograms(env: Environment): Promise<Record<string, string>> {
  await installPackagesOfTests(env);
  const found: Record<string, string> = {};
  const missing: TestProgram[] = [];
  for (const program of testPrograms) {
    const path = locate(program, env);
    if (path === undefined) missing.push(program);
    else found[program.key] = path;
  }
  if (missing.length === 0) return found;
  await installPackages('the tests', [...new Set(missing.map(({ debian }) => debian))], env);
  for (const program of missing) {
    const path = locate(program, env);
    if (path === undefined) {
      throw new SetupError(
        `${program.names[0]} is installed but not on PATH.\nSet ${program.key} to where it is.`,
      );
    }
    found[program.key] = path;
  }
  return found;
}

/** @throws SetupError when the overriding key names no executable file. */
function locate({ key, names }: TestProgram, env: Environment): string | undefined {
  const given = env[key];
  if (!given) return findProgram(names, env);
  if (isExecutable(given)) return given;
  throw new SetupError(`${key} is set to ${given}, which is no program.\nUnset it, or correct it.`);
}
