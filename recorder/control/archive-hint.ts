import type { Log } from '../../service/log.ts';

const HINT_TIMEOUT_MS = 2000;

/**
 * Tells the archive that a manifest changed. Only a hint: the archive finds every change by itself sooner or later, so
 * a failure is noted and not repeated.
 */
export function hintArchive(options: { url: string; token: string; recordingId: string; log: Log }): void {
  const { log, recordingId, token, url } = options;
  fetch(`${url}/api/hint`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ recordingId }),
    signal: AbortSignal.timeout(HINT_TIMEOUT_MS),
  }).then(
    async (response) => {
      // An answer that is not taken keeps its connection from the next hint.
      await response.body?.cancel();
      if (!response.ok) log.debug('archive-hint-refused', { recordingId, status: response.status });
    },
    (cause: Error) => log.debug('archive-hint-failed', { recordingId, cause: cause.message }),
  );
}
