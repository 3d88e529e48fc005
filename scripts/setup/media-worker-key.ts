import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashPaths } from './stamp.mjs';

/** The folder of our own build, relative to the clone. */
export const RECIPE_FOLDER = 'scripts/media-worker';

/**
 * The cache's name for the worker that this clone needs. Another version of mediasoup, another machine or another
 * recipe is another worker.
 */
export function mediaWorkerKey(root: string, platform = process.platform, arch = process.arch): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(root, 'node_modules/mediasoup/package.json'), 'utf8'),
  );
  const { version } = manifest as { version: string };
  const recipe = hashPaths(root, [RECIPE_FOLDER], (name) => name.endsWith('.md')).slice(0, 12);
  return `mediasoup-${version}-${platform}-${arch}-${recipe}`;
}
