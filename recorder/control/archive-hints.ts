import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { networkInterfaces } from 'node:os';
import { type HintBody, hintChallengeSchema, hintResultSchema } from '#protocol/http/hints.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import type { Log } from '#service/log.ts';
import { isProof, makeNonce, proofOf } from '#service/token-proof.ts';

const HINT_TIMEOUT_MS = 2000;
/** A challenge or a proof has some hundred. */
const MAX_ANSWER_LENGTH = 4096;

/**
 * Tells the archive that manifests changed, each side proving to the other that it knows the token: one after the other, over one connection, and of several changes of one
 * that wait only the last. Only hints: the archive finds every change by itself sooner or later, so a failure is noted, the
 * first of a row as a warning, and not repeated.
 */
export class ArchiveHints {
  readonly #url: URL;
  readonly #token: string;
  readonly #log: Log;
  readonly #waiting = new Set<string>();
  #isSending = false;
  #isHeard = true;

  constructor(options: { url: string; token: string; log: Log }) {
    this.#url = new URL(options.url);
    this.#token = options.token;
    this.#log = options.log;
  }

  changed(recordingId: string): void {
    this.#waiting.add(recordingId);
    if (!this.#isSending) void this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    // What comes meanwhile is visited too.
    for (const recordingId of this.#waiting) {
      this.#waiting.delete(recordingId);
      await this.#send(recordingId);
    }
    this.#isSending = false;
  }

  async #send(recordingId: string): Promise<void> {
    try {
      const { challenge } = hintChallengeSchema.parse(await this.#post('/api/hint/challenge', {}));
      const parts = [challenge, makeNonce(), recordingId] as const;
      const hint = {
        version: PROTOCOL_VERSION,
        recordingId,
        challenge,
        nonce: parts[1],
        proof: proofOf(this.#token, 'recorder-to-archive', parts),
      } satisfies HintBody;
      const { proof } = hintResultSchema.parse(await this.#post('/api/hint', hint));
      if (!isProof(proof, this.#token, 'archive-to-recorder', parts))
        throw new Error('it is not our archive');
      this.#isHeard = true;
    } catch (cause) {
      const log = this.#isHeard ? this.#log.warn : this.#log.debug;
      log('archive-hint-failed', { recordingId, url: this.#url.origin, cause: String(cause) });
      this.#isHeard = false;
    }
  }

  async #post(path: string, body: object): Promise<unknown> {
    const isSecure = this.#url.protocol === 'https:';
    const posting = (isSecure ? requestHttps : requestHttp)(new URL(path, this.#url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(HINT_TIMEOUT_MS),
      // Its certificate is for the name that browsers use, and nobody is in between.
      ...(isSecure && { rejectUnauthorized: !isThisMachine(this.#url.hostname) }),
    });
    posting.end(JSON.stringify(body));
    const [response] = await once(posting, 'response');
    // An answer that is not read keeps its connection from the next hint.
    let text = '';
    for await (const chunk of response) {
      text += chunk;
      if (text.length > MAX_ANSWER_LENGTH) throw new Error('answered too much');
    }
    if (response.statusCode >= 400) throw new Error(`answered ${response.statusCode}`);
    return JSON.parse(text);
  }
}

/** @param hostname of a URL: with brackets, when it is an IPv6 address */
export function isThisMachine(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return address === 'localhost' || own.some((one) => one.address === address);
}
