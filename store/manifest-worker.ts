import { parentPort } from 'node:worker_threads';
import { LISTS, type ManifestAnswer, manifestOrderSchema, parseManifest, SLICE } from './parse-apart.ts';

/** A thread that parses and checks manifests: of a long one that takes a second, which the archive has not. */
let slices: Generator<ManifestAnswer> | undefined;

parentPort?.on('message', (message) => {
  const order = manifestOrderSchema.parse(message);
  try {
    if ('text' in order) slices = slicesOf(order.text);
    const next = slices?.next();
    parentPort?.postMessage(next && !next.done ? next.value : { done: true });
  } catch (cause) {
    parentPort?.postMessage({ problem: (cause as Error).message });
  }
});

function* slicesOf(text: string): Generator<ManifestAnswer> {
  const manifest = parseManifest(text);
  yield { head: { ...manifest, people: [], files: [], speakers: [], chat: [], consent: [], problems: [] } };
  for (const list of LISTS) {
    const all = manifest[list];
    for (let at = 0; at < all.length; at += SLICE[list]) {
      yield { list, entries: all.slice(at, at + SLICE[list]) as never[] };
    }
  }
}
