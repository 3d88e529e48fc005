import { expect, test } from 'vitest';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import type { Store } from '#store/store.ts';
import { sampleFile, sampleManifest } from '../testing/sample.ts';
import { FOLLOW_PERIOD_MS, LiveLooks } from './live-looks.ts';

const file = sampleFile('alice-1', { state: 'writing' });

/** A store with one growing file, which counts how it is asked. */
function openStore() {
  const asked = { version: 0, manifest: 0, stat: 0 };
  const state = {
    version: '1',
    manifest: sampleManifest(1, { state: 'recording', files: [file] }),
    bytes: 10,
  };
  const store = {
    manifestVersion: async () => {
      asked.version += 1;
      return state.version;
    },
    readManifest: async () => {
      asked.manifest += 1;
      return { manifest: structuredClone(state.manifest), version: state.version };
    },
    stat: async () => {
      asked.stat += 1;
      return state.bytes < 0 ? undefined : { bytes: state.bytes, modifiedAtMs: 0, version: '' };
    },
  };
  const clock = new ManualClock();
  const looks = new LiveLooks({ store: store as unknown as Store, clock, log: silentLog });
  const { recordingId } = state.manifest;
  return { asked, clock, state, look: () => looks.look(recordingId, file.name) };
}

test('a hundred followers of one file look at it once in each period, and read its manifest when it is another', async () => {
  const { asked, clock, look, state } = openStore();
  for (let period = 1; period <= 8; period += 1) {
    state.bytes += 5;
    const seen = await Promise.all(Array.from({ length: 100 }, look));
    expect(new Set(seen)).toEqual(new Set([{ writing: true, bytes: 10 + 5 * period }]));
    expect(asked).toEqual({ version: period, manifest: 1, stat: period });
    clock.advance(FOLLOW_PERIOD_MS);
  }
  state.version = '2';
  state.manifest = sampleManifest(1, { files: [{ ...file, state: 'complete' }] });
  expect(await look()).toEqual({ writing: false, bytes: 50 });
  expect(asked.manifest).toBe(2);
  state.bytes = -1;
  clock.advance(FOLLOW_PERIOD_MS);
  expect((await look()).bytes).toBeUndefined();
});
