import { z } from 'zod';
import { recordingIdSchema } from '../identifiers.ts';
import { nonceSchema, proofSchema } from '../token-proof.ts';
import { everybody, type Routes } from './route.ts';

/** What recorders tell the archive. */

/** What a hint proves the recorders' token with, once and soon. */
export const hintChallengeSchema = z.object({ challenge: z.string().max(200) });

/** From a recorder: this manifest changed. The proof is over challenge, nonce and recordingId. */
export const hintBodySchema = hintChallengeSchema.extend({
  version: z.number().int(),
  recordingId: recordingIdSchema,
  nonce: nonceSchema,
  proof: proofSchema,
});
export type HintBody = z.infer<typeof hintBodySchema>;

/** The archive's proof, over the same. */
export const hintResultSchema = z.object({ proof: proofSchema });

/** What opens them, to everybody, is the proof in the body. */
export const hintRoutes = {
  'POST /api/hint/challenge': {
    words: 'What a recorder proves its token with.',
    who: everybody,
    result: hintChallengeSchema,
  },
  'POST /api/hint': {
    words: 'A recorder tells that a manifest changed.',
    who: everybody,
    otherVersion: 'Recorder and archive are of different versions. Update both.',
    body: hintBodySchema,
    result: hintResultSchema,
  },
} as const satisfies Routes;
