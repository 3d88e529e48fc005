import type { Log } from '../../service/log.ts';

const HINT_TIMEOUT_MS = 2000;

/**
 * Tells the archive that manifests changed: one after the other, so that fetch keeps no more than two connections for them, and
 * of several changes of one that wait only the last. Only hints: the archive finds every change by itself sooner or later, so a
 * failure is noted and not repeated.
 */
export class ArchiveHints {
  readonly #url: string;
  readonly #token: string;
  readonly #log: Log;
  readonly #waiting = new Set<string>();
  #isSending = false;

  constructor(options: { url: string; token: string; log: Log }) {
    this.#url = `${options.url}/api/hint`;
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
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token}` },
        body: JSON.stringify({ recordingId }),
        signal: AbortSignal.timeout(HINT_TIMEOUT_MS),
      });
      // An answer that is not read keeps its connection from the next hint.
      await response.arrayBuffer();
      if (!response.ok) this.#log.debug('archive-hint-refused', { recordingId, status: response.status });
    } catch (cause) {
      this.#log.debug('archive-hint-failed', { recordingId, cause: String(cause) });
    }
  }
}
