import type { Socket } from 'socket.io';
import { Fault } from '#protocol/errors.ts';
import {
  PROOF_TIMEOUT_MS,
  provenParts,
  type RecorderHandshake,
  recorderHandshakeSchema,
  recorderProofSchema,
  type Welcome,
} from '#protocol/recorder.ts';
import { parseMessage } from '#protocol/reply.ts';
import { FRONT_DOOR_HEADER } from '#protocol/token-proof.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { isProof, makeNonce, proofOf } from '#service/token-proof.ts';

/**
 * What a recorder says of itself when it connects, unproven yet.
 * @throws Fault `forbidden` for what came in by the web page's door, `protocol-mismatch`, `bad-request`
 */
export function checkHandshake({ auth, headers }: Socket['handshake']): RecorderHandshake {
  if (headers[FRONT_DOOR_HEADER] !== undefined) throw new Fault('forbidden');
  if (auth.version !== PROTOCOL_VERSION) {
    throw new Fault('protocol-mismatch', 'Recorder and SFU are of different versions. Update both.');
  }
  return parseMessage(recorderHandshakeSchema, auth);
}

/**
 * Has the recorder show that it knows the token. It goes first: whoever merely reaches this port is given nothing to guess
 * the token by.
 * @returns the `welcome` that shows that we know it
 * @throws Fault `recorder-token-wrong`
 */
export async function requireProof(
  socket: Socket,
  handshake: RecorderHandshake,
  token: string,
): Promise<Welcome> {
  const nonce = makeNonce();
  const parts = provenParts(handshake, nonce);
  const proof = await askForProof(socket, nonce);
  if (proof === undefined || !isProof(proof, token, 'recorder-to-sfu', parts)) {
    throw new Fault('recorder-token-wrong');
  }
  return { proof: proofOf(token, 'sfu-to-recorder', parts) };
}

/** Undefined when it answers something else, or nothing in time. */
async function askForProof(socket: Socket, nonce: string): Promise<string | undefined> {
  const answer: unknown = await socket
    .timeout(PROOF_TIMEOUT_MS)
    .emitWithAck('challenge', { nonce })
    .catch(() => undefined);
  return recorderProofSchema.safeParse(answer).data?.proof;
}
