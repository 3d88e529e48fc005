import { hintChallengeSchema } from '#protocol/http/hints.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { makeNonce, proofOf } from '#service/token-proof.ts';

/**
 * Tells the archive as a recorder does that a manifest changed.
 * @param post sends a body to a path and answers with what came back
 */
export async function hint<Answer>(
  post: (path: string, body: object) => Promise<{ answer: Answer; body: unknown }>,
  token: string,
  recordingId: string,
): Promise<Answer> {
  const { challenge } = hintChallengeSchema.parse((await post('/api/hint/challenge', {})).body);
  const nonce = makeNonce();
  const proof = proofOf(token, 'recorder-to-archive', [challenge, nonce, recordingId]);
  const body = { version: PROTOCOL_VERSION, recordingId, challenge, nonce, proof };
  return (await post('/api/hint', body)).answer;
}
