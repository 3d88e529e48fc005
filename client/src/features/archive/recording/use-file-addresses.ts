import { useMemo } from 'react';
import { useServices } from '#client/services/services.ts';
import type { FileAddresses } from './recording-files.tsx';

/** Where the files of a recording are for those who may read it. */
export function useFileAddresses(recordingId: string): FileAddresses {
  const { archive } = useServices();
  return useMemo(
    () => ({
      file: (name) => archive.fileUrl(recordingId, name),
      thumbnail: (name) => archive.thumbnailUrl(recordingId, name),
      download: (name) => archive.fileUrl(recordingId, name, { download: true }),
    }),
    [archive, recordingId],
  );
}
