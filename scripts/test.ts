import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type Environment, root } from './setup/places.ts';
import { giveUp, say } from './setup/progress.mjs';
import { setUp } from './setup/set-up.ts';
import { findTestPrograms } from './setup/test-programs.ts';
import { inWords, sum, type Tally, tallyOfCheck, tallyOfVitest } from './testing/tally.ts';

const bin = (packageName: string, path: string) => join(root, 'node_modules', packageName, path);

/** The tool that runs now: it must not stay behind. */
let current: ChildProcess | undefined;

/** Runs one of our tools under this Node, its output streamed; undefined when it was ended by a signal. */
function runTool(script: string, args: readonly string[], env: Environment): Promise<number | undefined> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    current = child;
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code ?? undefined));
  });
}

/** Every part is checked for what it may use: no DOM in servers, no Node in pages. */
const typedParts = globSync('*/tsconfig*.json', { cwd: root });

async function vitest(project: string, env: Environment): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'verbatim-test-'));
  const file = join(folder, 'report.json');
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ];
  const status = await runTool(bin('vitest', 'vitest.mjs'), args, env);
  const report = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  rmSync(folder, { recursive: true });
  return tallyOfVitest(report, status);
}

async function main(): Promise<void> {
  const programs = await findTestPrograms(process.env);
  const made = await setUp({ ...process.env, ...programs }, Date.now());
  const env = { ...made, PATH: `${dirname(process.execPath)}${delimiter}${made.PATH ?? ''}` };
  const stages: [string, () => Promise<Tally>][] = [
    [
      'Lint',
      async () => tallyOfCheck(await runTool(bin('@biomejs/biome', 'bin/biome'), ['check', '.'], env)),
    ],
    [
      'Types',
      async () => tallyOfCheck(await runTool(bin('typescript', 'bin/tsc'), ['-b', ...typedParts], env)),
    ],
    ['Unit tests', () => vitest('unit', env)],
    ['End-to-end tests', () => vitest('e2e', env)],
  ];
  const tallies: [string, Tally][] = [];
  for (const [name, stage] of stages) {
    say(name);
    tallies.push([name, await stage()]);
  }
  const total = sum(tallies.map(([, tally]) => tally));
  process.stdout.write('\n');
  for (const [name, tally] of tallies) say(`${name}: ${inWords(tally)}`);
  process.stdout.write(`${inWords(total)}\n`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

function abort(): void {
  current?.kill();
  process.exit(1);
}

process.on('SIGINT', abort).on('SIGTERM', abort).on('disconnect', abort);
process.channel?.unref();
main().catch(giveUp);
