import type { IncomingHttpHeaders } from 'node:http';
import { plainAddress } from './network-address.ts';
import { keyedHash, sameSecret } from './secrets.ts';

const ADDRESS_HEADER = 'x-forwarded-for';
const PROOF_HEADER = 'x-verbatim-proof';

/** What the archive adds to a request that it passes on to the SFU: whose it is, and a proof that the archive says so. */
export function vouchFor(address: string, recorderToken: string): Record<string, string> {
  return { [ADDRESS_HEADER]: address, [PROOF_HEADER]: proofOf(address, recorderToken) };
}

/** Whose request this is: what the archive vouches for, else the peer's own address. A client's word counts nothing. */
export function addressOf(
  headers: IncomingHttpHeaders,
  peer: string | undefined,
  recorderToken: string,
): string {
  const { [ADDRESS_HEADER]: address, [PROOF_HEADER]: proof } = headers;
  const vouched =
    typeof address === 'string' &&
    typeof proof === 'string' &&
    sameSecret(proof, proofOf(address, recorderToken));
  return plainAddress(vouched ? address : (peer ?? ''));
}

function proofOf(address: string, recorderToken: string): string {
  return keyedHash(recorderToken, `client-address ${address}`);
}
