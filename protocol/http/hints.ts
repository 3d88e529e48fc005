import { z } from 'zod';
import { recordingIdSchema } from '../identifiers.ts';
import { nonceSchema, proofSchema } from '../token-proof.ts';

/** What recorders tell the archive. */

/** `POST /api/hint/challenge`: what a hint proves the recorders' token with, once and soon. */
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
