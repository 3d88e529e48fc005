import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { networkInterfaces } from 'node:os';
import type { Log } from '../../service/log.ts';

const HINT_TIMEOUT_MS = 2000;

/**
 * Tells the archive that manifests changed: one after the other, over one connection, and of several changes of one
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
    this.#url = new URL(`${options.url}/api/hint`);
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
      const status = await this.#post(JSON.stringify({ recordingId }));
      if (status >= 400) throw new Error(`answered ${status}`);
      this.#isHeard = true;
    } catch (cause) {
      const log = this.#isHeard ? this.#log.warn : this.#log.debug;
      log('archive-hint-failed', { recordingId, url: this.#url.origin, cause: String(cause) });
      this.#isHeard = false;
    }
  }

  /** Answers the status. */
  async #post(body: string): Promise<number> {
    const isSecure = this.#url.protocol === 'https:';
    const posting = (isSecure ? requestHttps : requestHttp)(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token}` },
      signal: AbortSignal.timeout(HINT_TIMEOUT_MS),
      // Its certificate is for the name that browsers use, and nobody is in between.
      ...(isSecure && { rejectUnauthorized: !isThisMachine(this.#url.hostname) }),
    });
    posting.end(body);
    const [response] = await once(posting, 'response');
    // An answer that is not read keeps its connection from the next hint.
    for await (const _ of response);
    return response.statusCode;
  }
}

/** @param hostname of a URL: with brackets, when it is an IPv6 address */
export function isThisMachine(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return address === 'localhost' || own.some((one) => one.address === address);
}
