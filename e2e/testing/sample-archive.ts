import { hint } from '#archive/testing/hint.ts';
import { sampleFile, sampleId, sampleManifest, writeRecording } from '#archive/testing/sample.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { StartedSystem } from './system.ts';

/** Puts recordings on the disk as a recorder would, and tells the archive of them. */
export async function fillArchive(system: StartedSystem, manifests: readonly Manifest[]): Promise<void> {
  for (const manifest of manifests) {
    const contents = Object.fromEntries(manifest.files.map(({ name, bytes }) => [name, 'x'.repeat(bytes)]));
    await writeRecording(system.env.RECORDINGS_DIR ?? '', manifest, contents);
    await tellArchive(system, manifest.recordingId);
  }
}

/** As a recorder does when a recording begins or ends. */
export async function tellArchive({ secrets, url }: StartedSystem, recordingId: string): Promise<void> {
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { answer, body: await answer.json() };
  };
  const answer = await hint(post, secrets.RECORDER_TOKEN, recordingId);
  if (!answer.ok) throw new Error(`The archive does not take the hint: ${answer.status}`);
}

/** A closed recording of some meeting, of one person. */
export function closedRecording(
  index: number,
  facts: {
    name: string;
    person: string;
    startedAtMs: number;
    durationMs: number;
    bytes: number;
    chat?: string;
    state?: 'complete' | 'interrupted';
  },
): Manifest {
  const { bytes, chat, durationMs, name, person, startedAtMs, state = 'complete' } = facts;
  return sampleManifest(index, {
    recordingId: sampleId(index),
    meeting: { id: `meeting-${index}`, name },
    state,
    startedAtMs,
    stoppedAtMs: startedAtMs + durationMs,
    files: [sampleFile('a-1', { personName: person, durationMs, bytes })],
    chat: chat ? [{ atMs: startedAtMs, connectionId: 'a-1', name: person, text: chat }] : [],
  });
}
