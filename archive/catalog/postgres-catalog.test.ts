import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { PostgresDatabase } from '../database/postgres-database.ts';
import { PostgresServer } from '../database/testing/postgres-server.ts';
import { sampleId, sampleManifest } from '../testing/sample.ts';
import { gramsOf, gramsOfWord } from './grams.ts';
import { PostgresCatalog } from './postgres-catalog.ts';
import { summarize } from './summarize.ts';
import { catalogContract } from './testing/catalog-contract.ts';

const server = PostgresServer.forThisFile();

async function open(url: string): Promise<PostgresCatalog> {
  const database = await PostgresDatabase.open(url, { clock: systemClock, log: silentLog });
  onTestFinished(() => database.close());
  return PostgresCatalog.open(database);
}

catalogContract(async () => open(await server.database()));

test('two archives put the same recordings at the same time', async () => {
  const url = await server.database();
  const both = await Promise.all([open(url), open(url)]);
  const entry = { summary: summarize(sampleManifest(1)), manifestVersion: 'v1' };
  await Promise.all([...both, ...both, ...both].map((catalog) => catalog.put(entry, { chat: ['a\0b'] })));
  for (const catalog of both) expect(await catalog.versions()).toEqual(new Map([[sampleId(1), 'v1']]));
});

test.each(['周', '周会', '产品周会', '😀👍', 'a', 'budget', '100%'])(
  'a text with %s in it has all that the word is found by',
  (word) => {
    const grams = new Set(gramsOf(`before ${word}after`));
    expect(gramsOfWord(word).every((gram) => grams.has(gram))).toBe(true);
    expect(gramsOfWord(word).some((gram) => new Set(gramsOf('xyz')).has(gram))).toBe(false);
  },
);
