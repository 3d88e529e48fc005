import { hintRoutes } from '#protocol/http/hints.ts';
import type { Clock } from '#service/clock.ts';
import { HintDoor } from '../access/hint-door.ts';
import type { Indexer } from '../catalog/indexer.ts';
import { type Feature, feature } from './route.ts';

/** What recorders tell the archive. */
export function hintFeature(parts: { clock: Clock; token: string; indexer: Indexer }): Feature {
  const hintDoor = new HintDoor(parts);
  return feature(hintRoutes, {
    'POST /api/hint/challenge': () => ({ challenge: hintDoor.challenge() }),

    'POST /api/hint': async ({ body }) => {
      const proof = hintDoor.take(body);
      await parts.indexer.refresh(body.recordingId);
      return { proof };
    },
  });
}
