import { describe, expect, test } from 'vitest';
import { sampleFile, sampleId, sampleManifest } from '../../testing/sample.ts';
import type { Catalog, CatalogQuery } from '../catalog.ts';
import { summarize } from '../summarize.ts';

/** What every catalog must do. `make` gives an empty one. */
export function catalogContract(make: () => Promise<Catalog>): void {
  const entry = (index: number, changes: Parameters<typeof sampleManifest>[1] = {}) => ({
    summary: summarize(sampleManifest(index, changes)),
    manifestVersion: `v${index}`,
  });
  const ids = async (catalog: Catalog, query: Partial<CatalogQuery>) =>
    (await catalog.list({ limit: 100, ...query })).entries.map(({ summary }) => summary.recordingId);

  describe('catalog contract', () => {
    test('gives back what was put, the last put counting', async () => {
      const catalog = await make();
      await catalog.put(entry(1));
      await catalog.put({ ...entry(1), manifestVersion: 'later' });
      expect(await catalog.get(sampleId(1))).toEqual({ ...entry(1), manifestVersion: 'later' });
      expect(await catalog.versions()).toEqual(new Map([[sampleId(1), 'later']]));
      await catalog.remove(sampleId(1));
      expect(await catalog.get(sampleId(1))).toBeUndefined();
      expect(await ids(catalog, {})).toEqual([]);
    });

    test('lists what is being recorded first, then the newest', async () => {
      const catalog = await make();
      for (const index of [2, 1, 3]) await catalog.put(entry(index));
      await catalog.put(entry(0, { state: 'recording' }));
      expect(await ids(catalog, {})).toEqual([0, 3, 2, 1].map(sampleId));
    });

    test('pages add up to the whole, whatever comes in between', async () => {
      const catalog = await make();
      for (let index = 0; index < 25; index += 1) {
        await catalog.put(entry(index, { state: index % 10 === 0 ? 'recording' : 'complete' }));
      }
      const whole = await ids(catalog, {});
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await catalog.list({ limit: 5, ...(cursor !== undefined && { cursor }) });
        paged.push(...page.entries.map(({ summary }) => summary.recordingId));
        cursor = page.cursor;
        await catalog.put(entry(100 + paged.length, { state: 'recording' }));
      } while (cursor !== undefined);
      expect(whole).toHaveLength(25);
      expect(paged).toEqual(whole);
    });

    test.each([
      ['newest', [0, 4, 3, 2, 1]],
      ['oldest', [0, 1, 2, 3, 4]],
      ['longest', [0, 2, 4, 3, 1]],
      ['shortest', [0, 1, 3, 4, 2]],
      ['largest', [0, 1, 2, 3, 4]],
      ['smallest', [0, 4, 3, 2, 1]],
    ] as const)('sorts by %s, live ones first, page by page', async (sort, order) => {
      const catalog = await make();
      await catalog.put(entry(0, { state: 'recording' }));
      for (const [index, seconds] of [
        [1, 10],
        [2, 40],
        [3, 20],
        [4, 20],
      ] as const) {
        const stoppedAtMs = entry(index).summary.startedAtMs + seconds * 1000;
        await catalog.put(entry(index, { stoppedAtMs, files: [sampleFile('a', { bytes: 100 - index })] }));
      }
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await catalog.list({ sort, limit: 1, ...(cursor !== undefined && { cursor }) });
        paged.push(...page.entries.map(({ summary }) => summary.recordingId));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(paged).toEqual(order.map(sampleId));
    });

    test('filters by length and state', async () => {
      const catalog = await make();
      await catalog.put(entry(1, { state: 'interrupted' }));
      await catalog.put(entry(2, { stoppedAtMs: entry(2).summary.startedAtMs + 60_000 }));
      expect(await ids(catalog, { state: 'interrupted' })).toEqual([sampleId(1)]);
      expect(await ids(catalog, { minDurationMs: 60_000 })).toEqual([sampleId(2)]);
      expect(await ids(catalog, { maxDurationMs: 59_999 })).toEqual([sampleId(1)]);
      expect(await ids(catalog, { minDurationMs: 5100, maxDurationMs: 5100 })).toEqual([sampleId(1)]);
    });

    test('finds words of the chat, each of them, and forgets what is replaced or removed', async () => {
      const catalog = await make();
      await catalog.put(entry(1), { chat: ['The BUDGET is “final”', '我们明天开会'] });
      await catalog.put(entry(2), { chat: ['budget'] });
      expect(await ids(catalog, { text: 'budget' })).toEqual([2, 1].map(sampleId));
      expect(await ids(catalog, { text: '  final budget ' })).toEqual([sampleId(1)]);
      expect(await ids(catalog, { text: '明天开会' })).toEqual([sampleId(1)]);
      expect(await ids(catalog, { text: '明天 weekly' })).toEqual([sampleId(1)]);
      expect(await ids(catalog, { text: '开' })).toEqual([sampleId(1)]);
      expect(await ids(catalog, { text: 'budget OR weekly' })).toEqual([]);
      expect(await ids(catalog, { text: '"budget" *' })).toEqual([]);
      await catalog.put(entry(1), { chat: ['nothing'] });
      expect(await ids(catalog, { text: 'final' })).toEqual([]);
      await catalog.remove(sampleId(2));
      await catalog.put(entry(3));
      expect(await ids(catalog, { text: 'budget' })).toEqual([]);
    });

    test('forgets everything when told, and takes it again', async () => {
      const catalog = await make();
      await catalog.put(entry(1), { chat: ['budget'] });
      await catalog.clear();
      expect([...(await catalog.versions())]).toEqual([]);
      expect(await ids(catalog, { text: 'budget' })).toEqual([]);
      await catalog.put(entry(1), { chat: ['budget'] });
      expect(await ids(catalog, { text: 'budget' })).toEqual([sampleId(1)]);
    });

    test('knows which closed recordings are unfinished', async () => {
      const catalog = await make();
      for (const index of [1, 2, 3]) await catalog.put(entry(index), { unfinished: true });
      await catalog.put(entry(4, { state: 'recording' }), { unfinished: true });
      await catalog.put(entry(2));
      expect(await catalog.unfinished(10)).toEqual([3, 1].map(sampleId));
      expect(await catalog.unfinished(1)).toEqual([sampleId(3)]);
    });

    test('adds up what it holds, and what began on each day', async () => {
      const catalog = await make();
      for (const index of [1, 2, 24 * 60]) await catalog.put(entry(index));
      expect(await catalog.totals()).toEqual({ bytes: 3000, recordings: 3 });
      expect([...(await catalog.bytesByMeeting()).values()]).toEqual([3000]);
      expect(await catalog.daysOfUse(0)).toEqual([
        { day: '2026-11-22', bytes: 2000, recordings: 2 },
        { day: '2026-11-23', bytes: 1000, recordings: 1 },
      ]);
      expect(await catalog.daysOfUse(entry(3).summary.startedAtMs)).toHaveLength(1);
    });

    test.each(['', 'x', '2.1.20261122T100000000Z-00000000', "0.1.' OR 1=1", '0.', '0.1.'])(
      'the cursor %j is refused',
      async (cursor) => {
        const catalog = await make();
        await expect(catalog.list({ limit: 5, cursor })).rejects.toMatchObject({ code: 'bad-request' });
      },
    );

    test('finds text in the names, whatever its case and signs, and filters by time and meeting', async () => {
      const catalog = await make();
      await catalog.put(entry(1, { meeting: { id: 'a', name: 'Übung 100% sure' } }));
      await catalog.put(
        entry(2, { meeting: { id: 'b', name: '周会' }, files: [sampleFile('bob', { personName: 'Bob' })] }),
      );
      expect(await ids(catalog, { text: 'üBUNG' })).toEqual([sampleId(1)]);
      expect(await ids(catalog, { text: '100%' })).toEqual([sampleId(1)]);
      expect(await ids(catalog, { text: '%' })).toEqual([sampleId(1)]);
      expect(await ids(catalog, { text: '周' })).toEqual([sampleId(2)]);
      expect(await ids(catalog, { text: 'bob' })).toEqual([sampleId(2)]);
      expect(await ids(catalog, { text: "'; DROP TABLE recordings" })).toEqual([]);
      expect(await ids(catalog, { meetingId: 'b' })).toEqual([sampleId(2)]);
      const { startedAtMs } = entry(2).summary;
      expect(await ids(catalog, { fromMs: startedAtMs })).toEqual([sampleId(2)]);
      expect(await ids(catalog, { toMs: startedAtMs })).toEqual([sampleId(1)]);
    });
  });
}
