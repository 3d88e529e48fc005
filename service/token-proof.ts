import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { keyedHash, makeSecret, sameSecret } from './secrets.ts';

/** Who proves it to whom: a proof made for one direction is worth nothing in another, so none can be sent back. */
export type ProofPurpose =
  | 'recorder-to-sfu'
  | 'sfu-to-recorder'
  | 'recorder-to-archive'
  | 'archive-to-recorder';

export function makeNonce(): string {
  return makeSecret();
}

/**
 * Shows that whoever made it knows the token, without telling it.
 * @param parts what it is bound to; a nonce of either side among them keeps it from being used again
 */
export function proofOf(token: string, purpose: ProofPurpose, parts: readonly (string | number)[]): string {
  // JSON keeps the parts apart, whatever they hold.
  const words = JSON.stringify(['verbatim', PROTOCOL_VERSION, purpose, ...parts]);
  return keyedHash(token, words);
}

export function isProof(
  given: string,
  token: string,
  purpose: ProofPurpose,
  parts: readonly (string | number)[],
): boolean {
  return sameSecret(given, proofOf(token, purpose, parts));
}
