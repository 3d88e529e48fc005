import type { Heartbeat } from '#protocol/recorder.ts';

/** Of some 250 bytes each at most: so a message stays below half of what the SFU takes. */
export const FILES_PER_BEAT = 400;
/** Of some 100 bytes each, without their files. */
const RECORDINGS_PER_BEAT = 200;

/** A heartbeat in messages that the SFU takes, whatever is recorded: too long a one would end the connection. */
export function heartbeatParts({ recordings }: Heartbeat): Heartbeat[] {
  const parts: Heartbeat[] = [];
  let room = 0;
  for (const recording of recordings) {
    let from = 0;
    do {
      const last = parts.at(-1);
      const isFull = !last || room === 0 || last.recordings.length >= RECORDINGS_PER_BEAT;
      const part = isFull ? { recordings: [] } : last;
      if (isFull) {
        parts.push(part);
        room = FILES_PER_BEAT;
      }
      const files = recording.files.slice(from, from + room);
      from += files.length;
      room -= files.length;
      const more = from < recording.files.length;
      part.recordings.push({ ...recording, files, ...(more && { more }) });
    } while (from < recording.files.length);
  }
  const last = parts.pop() ?? { recordings: [] };
  return [...parts.map((part) => ({ ...part, more: true })), last];
}
