import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '#service/log.ts';
import { openDatabase } from '../sqlite/open-database.ts';
import { temporaryFolder } from '../testing/sample.ts';
import { SqliteCatalog } from './sqlite-catalog.ts';
import { catalogContract } from './testing/catalog-contract.ts';

async function open(path: string): Promise<SqliteCatalog> {
  const catalog = SqliteCatalog.open(path, silentLog);
  onTestFinished(() => catalog.close());
  return catalog;
}

catalogContract(async () => open(join(await temporaryFolder(), 'catalog.db')));

test('a file that is no database, or of a newer version, is made anew', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'broken.db'),
    'this is not a database, and long enough to be looked at '.repeat(100),
  );
  expect((await (await open(join(folder, 'broken.db'))).versions()).size).toBe(0);
  const newer = openDatabase(join(folder, 'newer.db'), ['CREATE TABLE a (b)', 'CREATE TABLE c (d)']);
  newer.close();
  expect((await (await open(join(folder, 'newer.db'))).versions()).size).toBe(0);
});

test('migrations run once each, and a newer file is refused', async () => {
  const path = join(await temporaryFolder(), 'x.db');
  openDatabase(path, ['CREATE TABLE a (b)']).close();
  const second = openDatabase(path, ['CREATE TABLE a (b)', 'INSERT INTO a VALUES (7)']);
  expect(second.prepare('SELECT b FROM a').all()).toEqual([{ b: 7 }]);
  second.close();
  expect(() => openDatabase(path, ['CREATE TABLE a (b)'])).toThrow(/newer version/);
});
