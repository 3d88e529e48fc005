import { Fault } from '#protocol/errors.ts';
import type { Manifest } from '#protocol/manifest.ts';
import { withLiveFiles } from '../catalog/live-facts.ts';
import type { OpenStream } from '../streams/open-streams.ts';
import type { HttpContext } from './context.ts';

/** The meeting that a recording is of; undefined when there is no such recording. */
export async function meetingOfRecording(
  context: HttpContext,
  recordingId = '',
): Promise<string | undefined> {
  return (await context.catalog.get(recordingId))?.summary.meetingId;
}

/** The manifest, with what its files hold now. @throws Fault `recording-not-found`, `manifest-broken` */
export async function requireManifest(context: HttpContext, recordingId: string): Promise<Manifest> {
  const manifest = await readManifest(context, recordingId);
  if (!manifest) throw new Fault('recording-not-found');
  return withLiveFiles(manifest, context.store);
}

async function readManifest(context: HttpContext, recordingId: string): Promise<Manifest | undefined> {
  try {
    const manifest = (await context.manifests.read(recordingId))?.manifest;
    if (manifest && manifest.recordingId !== recordingId) throw new Error('it names another recording');
    return manifest;
  } catch (cause) {
    if (cause instanceof Fault && cause.code === 'rate-limited') throw cause;
    const words = `This recording's manifest cannot be read: ${(cause as Error).message}`;
    throw new Fault('manifest-broken', words, { cause });
  }
}

/** The same of a recording that is no longer being made. @throws Fault `recording-live` too */
export async function requireClosed(context: HttpContext, recordingId: string): Promise<Manifest> {
  const manifest = await requireManifest(context, recordingId);
  if (manifest.state === 'recording') throw new Fault('recording-live');
  return manifest;
}

/** How often a manifest may change while it is being read. */
const MAX_READS = 5;

/**
 * The same, with the answer hanging on every file in it, or on the one that it is about: when somebody is erased while it is
 * being read, it is read again, and after that the answer ends.
 */
export async function holdClosed(
  context: HttpContext,
  stream: OpenStream,
  recordingId: string,
  file?: string,
): Promise<Manifest> {
  stream.hangOn(`recording:${recordingId}`);
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const version = await context.store.manifestVersion(recordingId);
    const manifest = await requireClosed(context, recordingId);
    const names = file === undefined ? manifest.files.map(({ name }) => name) : [file];
    for (const name of names) stream.hangOn(`file:${recordingId}/${name}`);
    if ((await context.store.manifestVersion(recordingId)) === version) return manifest;
  }
  throw new Fault('rate-limited');
}

/** For whom work is done: a meeting's hosts are one, however many addresses and recordings they have. */
export function askerOf({ actor }: { actor: string }, manifest: Manifest): string {
  return actor === 'host' ? `host of ${manifest.meeting.id}` : actor;
}
