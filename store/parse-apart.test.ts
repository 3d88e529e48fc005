import { expect, test } from 'vitest';
import { jsonPieces } from '#archive/http/json-pieces.ts';
import { sampleFile, sampleManifest } from '#archive/testing/sample.ts';
import { MAX_MANIFEST_BYTES, type Manifest } from '#protocol/manifest.ts';
import { PARSED_AT_ONCE_CHARS, parseManifest, parseManifestApart } from './parse-apart.ts';

/** As long as the recorder lets one become (recorder/control), of the entries that cost most to check. */
function longManifest(): Manifest {
  const connectionIds = Array.from({ length: 4 }, (_, at) => `speaker-${at}`);
  const who = { connectionId: 'mallory', name: 'Mallory' };
  const gap = { fromMs: 1, toMs: 2, kind: 'audio' as const, cause: 'stalled' };
  return sampleManifest(1, {
    files: Array.from({ length: 1000 }, () =>
      sampleFile('alice-1', { gaps: Array.from({ length: 40 }, () => gap) }),
    ),
    speakers: Array.from({ length: 40_000 }, (_, atMs) => ({ atMs, connectionIds })),
    chat: Array.from({ length: 20_000 }, (_, atMs) => ({ atMs, ...who, text: 'x'.repeat(150) })),
    consent: Array.from({ length: 30_000 }, (_, atMs) => ({ atMs, ...who, consent: 'accepted' as const })),
  });
}

/** The longest that anything else would have waited meanwhile, in milliseconds. */
async function stallOf(work: () => unknown): Promise<number> {
  let longestMs = 0;
  let isOver = false;
  let lastMs = performance.now();
  const turn = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    if (!isOver) setImmediate(turn);
  };
  turn();
  await new Promise(setImmediate);
  await work();
  await new Promise(setImmediate);
  isOver = true;
  return longestMs;
}

test('a long manifest is parsed apart and answered in pieces: others wait for a part of it at most', {
  timeout: 120_000,
}, async () => {
  const manifest = longManifest();
  const text = JSON.stringify(manifest, undefined, 1);
  expect(text.length).toBeLessThan(MAX_MANIFEST_BYTES / 2);
  // Its keys in the order of the schema.
  const whole = JSON.stringify(parseManifest(text));
  // The first one starts the thread.
  await parseManifestApart(text);
  const [here, apart] = [[] as number[], [] as number[]];
  for (let time = 0; time < 3; time += 1) {
    here.push(await stallOf(() => JSON.stringify(parseManifest(text))));
    const pieces: string[] = [];
    apart.push(
      await stallOf(async () => {
        for await (const piece of jsonPieces(await parseManifestApart(text))) pieces.push(piece);
      }),
    );
    expect(pieces.join('') === whole).toBe(true);
  }
  const [hereMs, apartMs] = [Math.min(...here), Math.min(...apart)];
  const words = `A manifest of ${Math.round(text.length / 1e6)} MB holds others up for`;
  process.stdout.write(`${words} ${hereMs.toFixed()} ms here, ${apartMs.toFixed()} ms apart.\n`);
  expect(apartMs).toBeLessThan(hereMs / 2);
});

test('a short one, one that is broken, and several at once', async () => {
  const short = sampleManifest(1);
  expect(await parseManifestApart(JSON.stringify(short))).toEqual(short);
  await expect(parseManifestApart('{')).rejects.toThrow();
  const long = sampleManifest(2, {
    problems: Array.from({ length: 2000 }, () => ({ atMs: 1, code: 'internal', message: 'x'.repeat(50) })),
  });
  const text = JSON.stringify(long);
  expect(text.length).toBeGreaterThan(PARSED_AT_ONCE_CHARS);
  const broken = text.replace('"complete"', '"unheard-of"');
  const all = await Promise.allSettled([text, broken, text.slice(1), text].map(parseManifestApart));
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))).toEqual([long, long]);
  expect(all[1]).toMatchObject({ reason: { message: expect.stringContaining('state') } });
});
