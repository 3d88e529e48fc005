import { recordingIdSchema } from '#protocol/identifiers.ts';
import type { Log } from '#service/log.ts';
import { tightenEntries } from '#service/owner-only.ts';

/** What lies in DATA_DIR that is nobody else's business: databases with what belongs to them, secrets, keys, backups. */
const DATA = /^((app|catalog)\.db.*|secrets\.env.*|backups|tls)$/;

/** Takes databases, secrets and backups that others may read away from them; before they are opened. */
export async function tightenData(dataDir: string, log: Log): Promise<void> {
  const tightened = await tightenEntries(dataDir, (name) => DATA.test(name));
  if (tightened.changed > 0 || tightened.left > 0) log.warn('data-tightened', { ...tightened });
}

/** The same of recordings; there may be many, so nobody waits for it. */
export async function tightenRecordings(recordingsDir: string, log: Log): Promise<void> {
  try {
    const isRecording = (name: string) => recordingIdSchema.safeParse(name).success;
    const tightened = await tightenEntries(recordingsDir, isRecording);
    if (tightened.changed > 0 || tightened.left > 0) log.warn('recordings-tightened', { ...tightened });
  } catch (cause) {
    log.error('tighten-failed', { cause: (cause as Error).message });
  }
}
