import { z } from 'zod';

/**
 * How the processes prove to each other that they know RECORDER_TOKEN without sending it: each gives a nonce, and answers
 * the other's with an HMAC over both, over who speaks to whom, and over what it says of itself. 32 bytes each.
 */
const bytes32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url');

export const nonceSchema = bytes32;
export const proofSchema = bytes32;

/** In front of what came in by the web page's door: whoever sends it is no recorder. The archive alone sets it. */
export const FRONT_DOOR_HEADER = 'x-verbatim-front-door';
