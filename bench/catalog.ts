import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalog, CatalogQuery } from '#archive/catalog/catalog.ts';
import { PostgresCatalog } from '#archive/catalog/postgres-catalog.ts';
import { SqliteCatalog } from '#archive/catalog/sqlite-catalog.ts';
import { PostgresDatabase } from '#archive/database/postgres-database.ts';
import { makeRecordingId } from '#protocol/identifiers.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';

/**
 * How long lists and searches take among 100,000 recordings: `node bench/catalog.ts [recordings] [postgres://…]`, an empty database.
 * Ends with 1 when the slowest takes longer than the target.
 */
const TARGET_MS = 50;
const ROUNDS = 20;
const DAY_MS = 86_400_000;
const FIRST_MS = Date.parse('2021-01-01T00:00:00Z');

const count = Number(process.argv[2] ?? 100_000);
const url = process.argv[3];
/** Put at the same time: nobody waits for each of them by itself. */
const PUT_AT_ONCE = 8;
const meetings = ['Weekly', 'Stand-up', '产品周会', 'Customer interview', 'Board meeting', 'Übergabe'];
const people = ['Alice', 'Bob', 'Zoë', '王小明', 'Carlos', '田中', 'Dmitri', 'Fatima', 'Grace', 'Heidi'];
const chat = [
  'the budget is final',
  'see you tomorrow',
  '我们明天开会讨论预算',
  'can you hear me?',
  'link please',
];

async function fill(catalog: Catalog): Promise<void> {
  const next = Array(count).keys();
  const put = async () => {
    for (const index of next) await putOne(catalog, index);
  };
  await Promise.all(Array.from({ length: PUT_AT_ONCE }, put));
}

async function putOne(catalog: Catalog, index: number): Promise<void> {
  const pick = (from: readonly string[], step: number) => from[(index * step) % from.length] ?? '';
  const startedAtMs = FIRST_MS + index * 1_500_000;
  const id = makeRecordingId(
    startedAtMs,
    Uint8Array.from({ length: 8 }, (_, at) => (index >> at) % 36),
  );
  const summary = {
    recordingId: id,
    meetingId: `m${index % 500}`,
    meetingName: `${pick(meetings, 7)} ${index % 500}`,
    state: index >= count - 3 ? ('recording' as const) : ('complete' as const),
    startedAtMs,
    durationMs: ((index * 7919) % 7200) * 1000,
    bytes: ((index * 104_729) % 5000) * 1_000_000,
    people: [pick(people, 3), pick(people, 7), pick(people, 9)],
    files: 3,
  };
  const rare = index === 4711 ? ['the word xylophone is said once', '琵琶'] : [];
  await catalog.put(
    { summary, manifestVersion: 'v' },
    {
      chat: [pick(chat, 1), pick(chat, 3), ...rare],
    },
  );
}

const queries: Record<string, Omit<CatalogQuery, 'limit'>> = {
  'newest first': {},
  'longest first': { sort: 'longest' },
  'a month': { fromMs: FIRST_MS + 900 * DAY_MS, toMs: FIRST_MS + 930 * DAY_MS },
  'longer than an hour, the smallest first': { minDurationMs: 3_600_000, sort: 'smallest' },
  'a month, the longest first': {
    fromMs: FIRST_MS + 900 * DAY_MS,
    toMs: FIRST_MS + 930 * DAY_MS,
    sort: 'longest',
  },
  'in no state that there is': { state: 'interrupted' },
  'one meeting': { meetingId: 'm77' },
  'a word in a fifth of them': { text: 'budget' },
  'a word in a fifth of them, the largest first': { text: 'budget', sort: 'largest' },
  'a word said once': { text: 'xylophone' },
  'two words': { text: 'alice budget' },
  'a word that nobody said': { text: 'nobodysaidthis' },
  'Chinese, four characters': { text: '明天开会' },
  'Chinese, two characters': { text: '周会' },
  'Chinese, two characters said once': { text: '琵琶' },
  'two letters found nowhere': { text: 'qz' },
};

const folder = await mkdtemp(join(tmpdir(), 'verbatim-bench-'));
try {
  const server =
    url === undefined ? undefined : await PostgresDatabase.open(url, { clock: systemClock, log: silentLog });
  const catalog = server
    ? await PostgresCatalog.open(server)
    : SqliteCatalog.open(join(folder, 'catalog.db'), silentLog);
  const begin = performance.now();
  await fill(catalog);
  const seconds = (performance.now() - begin) / 1000;
  console.log(`${count} recordings indexed in ${seconds.toFixed(1)} s`);
  // What its autovacuum does within a minute of so many.
  await server?.run('VACUUM ANALYZE recordings');
  let slowestMs = 0;
  for (const [name, query] of Object.entries(queries)) {
    const times: number[] = [];
    let found = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = performance.now();
      found = (await catalog.list({ ...query, limit: 50 })).entries.length;
      times.push(performance.now() - start);
    }
    const medianMs = times.sort((a, b) => a - b)[ROUNDS / 2] ?? 0;
    slowestMs = Math.max(slowestMs, medianMs);
    console.log(`${medianMs.toFixed(1).padStart(7)} ms  ${name} (${found} on the page)`);
  }
  await catalog.close();
  await server?.close();
  console.log(`slowest ${slowestMs.toFixed(1)} ms, target below ${TARGET_MS} ms`);
  process.exitCode = slowestMs < TARGET_MS ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
