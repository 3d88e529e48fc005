import { describe, expect, test } from 'vitest';
import type { Database } from '../database.ts';

/** What every database must do. `make` gives one with the tables of the product, in which nothing was ever put. */
export function databaseContract(make: () => Promise<Database>): void {
  const pin = (id: number | string) =>
    ['INSERT INTO pins (recording_id, at_ms) VALUES (?, ?)', `recording-${id}`, 1] as const;
  const pins = async (database: Database) =>
    (await database.all('SELECT recording_id FROM pins ORDER BY recording_id')).map((row) =>
      String(row.recording_id),
    );

  describe('database contract', () => {
    test('gives back what was put in, numbers as numbers', async () => {
      const database = await make();
      const at = Date.parse('2026-11-22T10:00:00Z');
      expect(await database.run('INSERT INTO pins (recording_id, at_ms) VALUES (?, ?)', 'a ? b', at)).toBe(1);
      expect({ ...(await database.get('SELECT * FROM pins WHERE recording_id = ?', 'a ? b')) }).toMatchObject(
        {
          recording_id: 'a ? b',
          at_ms: at,
        },
      );
      const counted = await database.get('SELECT count(*) AS count, sum(at_ms) AS sum FROM pins');
      expect({ ...counted }).toEqual({ count: 1, sum: at });
      expect(await database.get('SELECT at_ms FROM pins WHERE recording_id = ?', 'b')).toBeUndefined();
      expect(await database.run('DELETE FROM pins')).toBe(1);
      expect(await database.run('DELETE FROM pins')).toBe(0);
      expect(await database.all('SELECT * FROM pins')).toEqual([]);
    });

    test('a transaction is all or nothing, and answers what its work does', async () => {
      const database = await make();
      const done = await database.transaction('settings', async (sql) => {
        await sql.run(...pin(1));
        await sql.run(...pin(2));
        return 'done';
      });
      expect(done).toBe('done');
      const failing = database.transaction('settings', async (sql) => {
        await sql.run(...pin(3));
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      const refused = database.transaction('settings', async (sql) => {
        await sql.run(...pin(4));
        await sql.run(...pin(1));
      });
      await expect(refused).rejects.toThrow();
      expect(await pins(database)).toEqual(['recording-1', 'recording-2']);
    });

    test('nothing gets into a transaction, and none is lost that begins meanwhile', async () => {
      const database = await make();
      const add = (id: number) =>
        database.transaction('settings', async (sql) => {
          const row = await sql.get('SELECT count(*) AS count FROM pins');
          await sql.run(...pin(`counted-${String(Number(row?.count)).padStart(3, '0')}`));
          if (id % 5 === 4) throw new Error('every fifth');
        });
      const all = [...Array(50).keys()];
      const outcomes = await Promise.allSettled(all.map(add));
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
      // Whoever counted saw all before it, and nothing of those that failed.
      expect(await pins(database)).toEqual(
        [...Array(40).keys()].map((index) => `recording-counted-${String(index).padStart(3, '0')}`),
      );
    });

    test('a statement beside a transaction that fails stays', async () => {
      const database = await make();
      const [entered, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const failing = database.transaction('settings', async (sql) => {
        await sql.run(...pin('inside'));
        entered.resolve();
        await released.promise;
        throw new Error('at last');
      });
      await entered.promise;
      const outside = database.run(...pin('outside'));
      released.resolve();
      await expect(failing).rejects.toThrow('at last');
      await outside;
      expect(await pins(database)).toEqual(['recording-outside']);
    });

    test('after a statement that was wrong it goes on', async () => {
      const database = await make();
      await expect(database.run('DELETE FROM nowhere')).rejects.toThrow();
      await database.run(...pin(1));
      await expect(database.run(...pin(1))).rejects.toThrow();
      expect(await pins(database)).toEqual(['recording-1']);
      await database.scrub();
    });
  });
}
