import { Fault } from '#protocol/errors.ts';
import { MANIFEST_VERSION, type Manifest } from '#protocol/manifest.ts';
import type { RecorderCommandParams } from '#protocol/recorder.ts';
import { readManifest } from '#store/manifest-file.ts';
import type { SessionContext } from '../session-context.ts';
import { findLeftovers } from '../storage/repair-recording.ts';
import { inSfuTime, inWallTime } from '../storage/wall-time.ts';
import { eraseWhatIsDue } from './erasures.ts';
import { RecordingSession } from './recording-session.ts';

/**
 * Begins a recording on disk, or takes up what a recorder before us left of it: the folder is ours, the manifest there.
 * @param onLost another recorder has taken it over
 * @throws Fault `disk-full`, `recording-owned`, `storage-unwritable`
 */
export async function openSession(
  params: RecorderCommandParams<'start'>,
  {
    context,
    minFreeBytes,
    recorderId,
  }: { context: SessionContext; minFreeBytes: number; recorderId: string },
  onLost: (session: RecordingSession) => void,
): Promise<RecordingSession> {
  const { clock, locks, log, recordings } = context;
  if ((await recordings.freeBytes()) < minFreeBytes) throw new Fault('disk-full');
  const folder = await recordings.createFolder(params.recordingId);
  const ownership = await locks.take(folder, clock.nowMs());
  const found = await resumedManifest(folder, inWallTime(newManifest(params, recorderId)));
  const manifest = await eraseWhatIsDue(recordings, found);
  const leftovers = await findLeftovers(folder, manifest);
  const session = new RecordingSession(context, ownership, inSfuTime(manifest), () => onLost(session));
  await session.save();
  log.info('recording-started', { recordingId: params.recordingId, leftovers: leftovers.length });
  session.repair(leftovers);
  return session;
}

/** What the manifest of a recording says that begins. */
function newManifest(params: RecorderCommandParams<'start'>, recorderId: string): Manifest {
  return {
    version: MANIFEST_VERSION,
    recordingId: params.recordingId,
    meeting: { id: params.meetingId, name: params.meetingName },
    state: 'recording',
    startedAtMs: params.startedAtMs,
    ...(params.wallAheadMs !== undefined && { wallAheadMs: params.wallAheadMs }),
    recorderId,
    lastFact: 0,
    people: [],
    files: [],
    speakers: [],
    chat: [],
    consent: [],
    problems: [],
  };
}

/** What a recorder before us left on disk, taken up; `fresh` when there is nothing. */
async function resumedManifest(folder: string, fresh: Manifest): Promise<Manifest> {
  try {
    const { stoppedAtMs: _, stopReason: __, ...found } = await readManifest(folder);
    return { ...found, state: 'recording', recorderId: fresh.recorderId };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return fresh;
    throw cause;
  }
}
