import { findProgram } from './find-program.ts';
import type { Environment } from './places.ts';
import { SetupError, say } from './progress.mjs';
import { run } from './run.ts';

const OPTIONS = ['-o', 'DPkg::Lock::Timeout=300', '-y', '-q', '--no-install-recommends'];

/**
 * Installs Debian packages, without a question, when this user may: as root, or by sudo without a password.
 * @throws SetupError that names the packages and the command, when this user may not or it failed.
 */
export async function installPackages(
  purpose: string,
  packages: readonly string[],
  env: Environment,
): Promise<void> {
  const byHand = `sudo apt-get install ${packages.join(' ')}`;
  const prefix = await aptPrefix(env);
  if (prefix === undefined) {
    const elsewhere = process.platform === 'darwin' ? `\nOn macOS look for them with: brew search NAME` : '';
    throw new SetupError(
      `${purpose} needs packages that cannot be installed from here: ${packages.join(' ')}\nOn Debian or Ubuntu run: ${byHand}${elsewhere}`,
    );
  }
  say(`Installing for ${purpose}: ${packages.join(' ')}`);
  const [command = 'apt-get', ...before] = [...prefix, 'apt-get'];
  const install = () =>
    run(command, [...before, 'install', ...OPTIONS, ...packages], { env: aptEnvironment(env) });
  let outcome = await install();
  if (outcome.status !== 0) {
    // A machine that has never fetched its package lists, or long ago, finds nothing until it does.
    await run(command, [...before, 'update', '-q'], { env: aptEnvironment(env) });
    outcome = await install();
  }
  if (outcome.status !== 0) {
    throw new SetupError(
      `${purpose}: apt-get failed.\n${outcome.output.trim().split('\n').slice(-8).join('\n')}\nTry: ${byHand}`,
    );
  }
}

/** Those of `packages` that are not installed; all of them where there is no dpkg. */
export async function missingPackages(packages: readonly string[], env: Environment): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg-query's.
  const format = '${Package} ${db:Status-Status}\\n';
  const asked = await run('dpkg-query', ['-W', '-f', format, ...packages], { env });
  const installed = new Set(
    asked.output.split('\n').flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0]] : [])),
  );
  return packages.filter((name) => !installed.has(name));
}

/** What goes before apt-get: nothing as root, sudo when it asks nothing; undefined when neither will do. */
async function aptPrefix(env: Environment): Promise<string[] | undefined> {
  if (!findProgram(['apt-get'], env)) return undefined;
  if (process.getuid?.() === 0) return [];
  const sudo = await run('sudo', ['-n', 'true'], { env });
  return sudo.status === 0 ? ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive'] : undefined;
}

function aptEnvironment(env: Environment): Environment {
  return { ...env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
}
