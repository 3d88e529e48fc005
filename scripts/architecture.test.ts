import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ICruiseResult, IModule } from 'dependency-cruiser';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { root } from './setup/places.ts';
import { scratchFolder } from './testing/scratch-folder.ts';
import { scaled } from './testing/slowness.ts';

/** What only tests use. */
const OF_TESTS = /\.test\.tsx?$|\/testing\//;
const FOLDERS = ['protocol', 'service', 'sfu', 'store', 'recorder', 'archive', 'client/src'];
/** Every file of the tree is read: seconds, longer on a machine that has much else to do. */
const SLOW_MS = scaled(60_000);
/** Held here and not by dependency-cruiser, which would have to read the tree again for it, without what only tests use. */
const NO_FOLDER_CYCLES = 'no-folder-cycles';

const rules: { forbidden: { name: string }[] } = createRequire(import.meta.url)(
  join(root, '.dependency-cruiser.cjs'),
);

/** The violations in a tree, as `rule: from → to`. */
async function violations(folder: string): Promise<string[]> {
  const cruiser = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const folders = FOLDERS.filter((name) => existsSync(join(folder, name)));
  const config = join(root, '.dependency-cruiser.cjs');
  const args = [cruiser, '--config', config, '--output-type', 'json', ...folders];
  const options = { cwd: folder, maxBuffer: 1 << 28 };
  // Its exit status is the number of violations: the report is read either way.
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch((cause) => cause);
  const { modules, summary }: ICruiseResult = JSON.parse(stdout);
  const broken = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  return [...broken, ...folderCycles(modules)];
}

/** Folders of production code from which imports lead back to them. What a folder's folders import counts as its own. */
function folderCycles(modules: readonly IModule[]): string[] {
  const isOurs = (path: string) =>
    FOLDERS.some((name) => path.startsWith(`${name}/`)) && !OF_TESTS.test(path);
  const imports = new Map<string, Set<string>>();
  for (const { dependencies, source } of modules.filter((module) => isOurs(module.source))) {
    const targets = dependencies
      .map(({ resolved }) => dirname(resolved))
      .filter((path) => isOurs(`${path}/`));
    for (let folder = dirname(source); folder !== '.'; folder = dirname(folder)) {
      const outside = targets.filter((path) => !`${path}/`.startsWith(`${folder}/`));
      imports.set(folder, new Set([...(imports.get(folder) ?? []), ...outside]));
    }
  }
  const reached = (from: string, seen = new Set<string>()): Set<string> => {
    for (const to of imports.get(from) ?? []) if (!seen.has(to)) reached(to, seen.add(to));
    return seen;
  };
  return [...imports].flatMap(([from, targets]) =>
    [...targets].filter((to) => reached(to).has(from)).map((to) => `${NO_FOLDER_CYCLES}: ${from} → ${to}`),
  );
}

test('imports go where they may', { timeout: SLOW_MS }, async () => {
  expect(await violations(root)).toEqual([]);
});

/** For each rule, files of which the first is the one that breaks it. */
const offences: Record<string, Record<string, string>> = {
  'no-cycles': { 'sfu/a.ts': `import './b.ts'`, 'sfu/b.ts': `import './a.ts'` },
  'no-folder-cycles': {
    'sfu/room/b.ts': `import '../media/b.ts'`,
    'sfu/media/b.ts': `import '../room/c.ts'`,
    'sfu/room/c.ts': '',
  },
  'protocol-imports-nothing-of-ours': { 'protocol/a.ts': `import '#service/z.ts'` },
  'protocol-imports-only-zod': { 'protocol/b.ts': `import 'node:fs'` },
  'service-imports-only-protocol': { 'service/a.ts': `import '#sfu/z.ts'` },
  'store-imports-only-protocol-and-service': { 'store/a.ts': `import '#archive/z.ts'` },
  'store-for-recorder-and-archive': { 'sfu/e.ts': `import '#store/z.ts'` },
  'sfu-stands-alone': { 'sfu/c.ts': `import '#recorder/z.ts'` },
  'recorder-stands-alone': { 'recorder/a.ts': `import '#archive/z.ts'` },
  'archive-stands-alone': { 'archive/a.ts': `import '#sfu/z.ts'` },
  'recorder-formats-in-mp4': { 'archive/exports/a.ts': `import '#recorder/flv/z.ts'` },
  'client-stands-alone': { 'client/src/a.ts': `import '#sfu/z.ts'` },
  'client-runs-in-the-browser': { 'client/src/b.ts': `import '#service/z.ts'` },
  'mediasoup-in-sfu-media': { 'sfu/room/a.ts': `import * as all from 'mediasoup'\nall` },
  'aws-sdk-in-store-s3': { 'archive/c.ts': `import { S3Client } from '@aws-sdk/client-s3'\nS3Client` },
  'socket-io-in-sfu': { 'sfu/media/a.ts': `import { Server } from 'socket.io'\nServer` },
  'socket-io-client-in-adapters': { 'recorder/person/a.ts': `import { io } from 'socket.io-client'\nio` },
  'mediasoup-client-in-adapters': {
    'client/src/session/a.ts': `import { Device } from 'mediasoup-client'\nDevice`,
  },
  'pure-stages-without-io': { 'recorder/flv/a.ts': `import 'node:fs'` },
  'pure-stages-import-no-adapter': { 'recorder/rtp/a.ts': `import '../storage/z.ts'` },
  'recorder-control-from-above': { 'recorder/person/b.ts': `import '../control/z.ts'` },
  'recorder-person-from-above': { 'recorder/file/a.ts': `import '../person/z.ts'` },
  'recorder-file-from-above': { 'recorder/ingest/a.ts': `import '../file/z.ts'` },
  'recorder-adapters-stand-apart': { 'recorder/ingest/b.ts': `import '../storage/z.ts'` },
  'client-features-stand-apart': { 'client/src/features/lobby/a.ts': `import '../meeting/z.ts'` },
  'client-features-without-adapters': { 'client/src/features/lobby/b.ts': `import '../../adapters/z.ts'` },
  'client-ui-without-session': { 'client/src/ui/a.ts': `import '../session/z.ts'` },
  'children-through-one-door': { 'archive/a2.ts': `import { fork } from 'node:child_process'\nfork` },
  'servers-without-packages-of-pages': { 'service/b.ts': `import 'react'` },
  'pages-without-packages-of-servers': { 'client/src/c.ts': `import 'fastify'` },
  'parts-by-name': { 'sfu/d.ts': `import '../service/z.ts'` },
  'no-tests-in-production': { 'archive/b.ts': `import './z.test.ts'` },
};

const TARGETS = [
  ...[
    'service/z.ts',
    'sfu/z.ts',
    'store/z.ts',
    'recorder/z.ts',
    'archive/z.ts',
    'archive/z.test.ts',
    'recorder/storage/z.ts',
    'recorder/flv/z.ts',
  ],
  ...[
    'recorder/control/z.ts',
    'recorder/person/z.ts',
    'recorder/file/z.ts',
    'client/src/features/meeting/z.ts',
    'client/src/adapters/z.ts',
    'client/src/session/z.ts',
  ],
];

test('every rule fires on an import that breaks it', { timeout: SLOW_MS }, async () => {
  const tree = scratchFolder();
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    writeFileSync(join(tree, name), `${text}\nexport {}\n`);
  };
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  writeFileSync(
    join(tree, 'tsconfig.base.json'),
    '{"compilerOptions":{"module":"preserve","allowImportingTsExtensions":true,"noEmit":true}}',
  );
  writeFileSync(join(tree, 'package.json'), JSON.stringify(manifest));
  for (const name of TARGETS) write(name, '');
  for (const files of Object.values(offences))
    for (const [name, text] of Object.entries(files)) write(name, text);
  const fired = await violations(tree);
  const missed = Object.entries(offences).filter(([rule, files]) => {
    const [file = ''] = Object.keys(files);
    const from = rule === NO_FOLDER_CYCLES ? dirname(file) : file;
    return !fired.some((violation) => violation.startsWith(`${rule}: ${from} → `));
  });
  expect(missed.map(([rule]) => rule)).toEqual([]);
  const names = [NO_FOLDER_CYCLES, ...rules.forbidden.map(({ name }) => name)];
  expect(Object.keys(offences).sort()).toEqual(names.sort());
});
