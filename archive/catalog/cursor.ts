import { Fault } from '#protocol/errors.ts';
import { recordingIdSchema } from '#protocol/identifiers.ts';

/** The last recording of a page: its part of the list, the number that it was sorted by, and its id. */
export interface Position {
  live: 0 | 1;
  key: number;
  recordingId: string;
}

export const writeCursor = ({ key, live, recordingId }: Position) => `${live}.${key}.${recordingId}`;

/** @throws Fault `bad-request` when it is no cursor */
export function readCursor(cursor: string): Position {
  const [, live, key, recordingId] = /^([01])\.(\d{1,16})\.(.+)$/.exec(cursor) ?? [];
  const id = recordingIdSchema.safeParse(recordingId);
  if (live === undefined || key === undefined || !id.success) {
    throw new Fault('bad-request', 'cursor: is not from an earlier answer');
  }
  return { live: live === '1' ? 1 : 0, key: Number(key), recordingId: id.data };
}
