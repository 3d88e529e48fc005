import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { clientHash } from './client-build.ts';
import { npmEnvironment } from './dependencies.mjs';
import { mediaWorkerKey } from './media-worker.ts';
import { hashPaths, isStamped, stamp } from './stamp.mjs';

/** A clone with the given files. */
function clone(files: Record<string, string>) {
  const root = scratchFolder();
  const write = (name: string, text: string): void => {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { root, write };
}

test('the hash follows names and contents, and nothing else', () => {
  const { root, write } = clone({ 'a/x': '1', 'a/y': '2', lock: '3' });
  const hash = () => hashPaths(root, ['a', 'lock', 'absent']);
  const first = hash();
  write('a/y', '2');
  write('b', 'elsewhere');
  expect(hash()).toBe(first);
  expect(hashPaths(clone({ lock: '3', 'a/y': '2', 'a/x': '1' }).root, ['a', 'lock', 'absent'])).toBe(first);
  write('a/y', '22');
  expect(hash()).not.toBe(first);
  write('a/y', '2');
  write('absent', '');
  expect(hash()).not.toBe(first);
});

test('bytes that move from one file to the next change the hash', () => {
  const hash = (x: string, y: string) => hashPaths(clone({ x, y }).root, ['x', 'y']);
  expect(hash('ab', 'c')).not.toBe(hash('a', 'bc'));
});

test('a stamp is there whole, with its value, or not at all', () => {
  const { root } = clone({ x: '' });
  const file = join(root, 'stamp');
  expect(isStamped(file, 'v1')).toBe(false);
  stamp(file, 'v1');
  expect([isStamped(file, 'v1'), isStamped(file, 'v2')]).toEqual([true, false]);
  expect(readdirSync(root).sort()).toEqual(['stamp', 'x']);
  rmSync(file);
  expect(isStamped(file, 'v1')).toBe(false);
});

test('the pages are built anew for their sources, not for their tests or their own result', () => {
  const { root, write } = clone({ 'client/src/a.tsx': '1', 'protocol/b.ts': '2', 'package-lock.json': '3' });
  const first = clientHash(root);
  write('client/dist/index.html', 'built');
  write('client/src/a.test.tsx', 'test');
  write('sfu/c.ts', 'elsewhere');
  expect(clientHash(root)).toBe(first);
  write('protocol/b.ts', '22');
  expect(clientHash(root)).not.toBe(first);
});

test('the worker’s key follows version, machine and recipe', () => {
  const { root, write } = clone({
    'node_modules/mediasoup/package.json': '{"version":"3.27.1"}',
    'scripts/media-worker/Makefile': 'all:',
    'scripts/media-worker/README.md': 'words',
  });
  const first = mediaWorkerKey(root, 'linux', 'x64');
  expect(first).toMatch(/^mediasoup-3\.27\.1-linux-x64-[0-9a-f]{12}$/);
  expect(mediaWorkerKey(root, 'linux', 'arm64')).not.toBe(first);
  expect(mediaWorkerKey(root, 'darwin', 'x64')).not.toBe(first);
  write('scripts/media-worker/README.md', 'other words');
  expect(mediaWorkerKey(root, 'linux', 'x64')).toBe(first);
  write('scripts/media-worker/Makefile', 'all: it');
  const second = mediaWorkerKey(root, 'linux', 'x64');
  expect(second).not.toBe(first);
  write('node_modules/mediasoup/package.json', '{"version":"3.28.0"}');
  expect(mediaWorkerKey(root, 'linux', 'x64')).toContain('mediasoup-3.28.0-');
});

test('npm runs without what another npm set, and without the Node that it is about to replace', () => {
  const env = npmEnvironment(
    {
      PATH: '/clone/node_modules/.bin:/usr/bin',
      HOME: '/root',
      npm_config_registry: 'https://registry.example',
      npm_lifecycle_event: 'start',
      npm_package_name: 'verbatim',
      npm_config_local_prefix: '/elsewhere',
    },
    '/clone',
  );
  expect(env).toMatchObject({ HOME: '/root', npm_config_registry: 'https://registry.example' });
  expect(Object.keys(env).filter((key) => /lifecycle|package|local_prefix/.test(key))).toEqual([]);
  expect(env.PATH?.split(':')[0]).toBe('/usr/bin');
  expect(env.PATH?.split(':')).not.toContain('/clone/node_modules/.bin');
});
