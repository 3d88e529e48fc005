import { describe, expect, test } from 'vitest';
import { sampleFile, sampleId, sampleManifest } from '../testing/sample.ts';
import type { Catalog, CatalogQuery } from './catalog.ts';
import { summarize } from './summarize.ts';

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

    test.each(['', 'x', '2.20261122T100000000Z-00000000', "0.' OR 1=1", '0.'])(
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
