import { hintRoutes } from '#protocol/http/hints.ts';
import type { HintDoor } from '../access/hint-door.ts';
import type { Indexer } from '../catalog/indexer.ts';
import { type Feature, feature } from './route.ts';

/** What recorders tell the archive. */
export function hintFeature({ hintDoor, indexer }: { hintDoor: HintDoor; indexer: Indexer }): Feature {
  return feature(hintRoutes, {
    'POST /api/hint/challenge': () => ({ challenge: hintDoor.challenge() }),

    'POST /api/hint': async ({ body }) => {
      const proof = hintDoor.take(body);
      await indexer.refresh(body.recordingId);
      return { proof };
    },
  });
}
