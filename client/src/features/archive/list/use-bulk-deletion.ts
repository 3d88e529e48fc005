import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useServices } from '#client/services/services.ts';
import { Fault } from '#protocol/errors.ts';
import type { RecordingSummary } from '#protocol/http/recordings.ts';
import { RECORDINGS } from '../queries.ts';

export interface FailedDeletion {
  recording: RecordingSummary;
  fault: Fault;
}
export type BulkDeletion =
  | { status: 'none' }
  | { status: 'running'; done: number; all: number }
  | { status: 'over'; deleted: number; failed: readonly FailedDeletion[] };

/** Deletes recordings one after the other; what cannot be deleted does not hold up the rest. */
export function useBulkDeletion(): {
  deletion: BulkDeletion;
  run: (recordings: readonly RecordingSummary[]) => Promise<readonly FailedDeletion[]>;
  /** How the last one went has been read. */
  forget: () => void;
} {
  const { archive } = useServices();
  const client = useQueryClient();
  const [deletion, setDeletion] = useState<BulkDeletion>({ status: 'none' });
  const run = async (recordings: readonly RecordingSummary[]): Promise<readonly FailedDeletion[]> => {
    const failed: FailedDeletion[] = [];
    for (const [done, recording] of recordings.entries()) {
      setDeletion({ status: 'running', done, all: recordings.length });
      try {
        await archive.deleteRecording(recording.recordingId);
      } catch (cause) {
        failed.push({ recording, fault: Fault.from(cause) });
      }
    }
    await client.invalidateQueries({ queryKey: RECORDINGS });
    setDeletion({ status: 'over', deleted: recordings.length - failed.length, failed });
    return failed;
  };
  return { deletion, run, forget: () => setDeletion({ status: 'none' }) };
}
