import { Skeleton } from '@mantine/core';
import { type ComponentProps, lazy, Suspense, useMemo, useRef, useState } from 'react';
import { useServices } from '#client/services/services.ts';
import { useText } from '#client/text/use-text.ts';
import { Notice } from '#client/ui/notice.tsx';
import type { Manifest } from '#protocol/manifest.ts';
import page from '../archive.module.css';
import { FileExports } from './export-control.tsx';
import { FileCard } from './file-card.tsx';
import { QualityReport } from './quality-report.tsx';
import classes from './recording.module.css';

/** Where the files of a recording are, for those who may see them here. Each function stays the same at every call. */
export interface FileAddresses {
  file: (name: string) => string;
  thumbnail: (name: string) => string;
  /** Undefined where downloads are switched off. */
  download: ((name: string) => string) | undefined;
}

/** The player, and below it the files one by one. */
export function RecordingFiles({
  manifest,
  addresses,
  mayExport,
}: {
  manifest: Manifest;
  /** Undefined: where the archive has them. */
  addresses?: FileAddresses;
  /** Whether files may be turned into others, once they are complete. */
  mayExport?: boolean;
}) {
  const inArchive = useAddressesInArchive(manifest.recordingId);
  const { download, file: urlOf, thumbnail } = addresses ?? inArchive;
  const { archive: words, player } = useText();
  const [only, setOnly] = useState<string>();
  const top = useRef<HTMLDivElement>(null);
  const alone = manifest.files.find(({ name }) => name === only);
  const watch = (name: string | undefined): void => {
    setOnly(name);
    top.current?.scrollIntoView({ block: 'start' });
  };
  const isOneOfMany = manifest.files.length > 1;
  const isLive = manifest.state === 'recording';
  return (
    <>
      <div ref={top} className={classes.top}>
        {alone && (
          <Notice kind="info" button={{ words: player.everyone, press: () => watch(undefined) }}>
            {player.alone(alone.personName)}
          </Notice>
        )}
        <LazyRecordingStage key={only ?? ''} manifest={manifest} urlOf={urlOf} only={alone?.name} />
      </div>
      {manifest.files.length > 0 && <h2 className={page.subtitle}>{words.files}</h2>}
      <ul className={page.files}>
        {manifest.files.map((file) => (
          <li key={file.name}>
            <FileCard
              file={file}
              downloadUrl={download?.(file.name)}
              thumbnailUrl={isLive ? undefined : thumbnail(file.name)}
              watchAlone={isOneOfMany ? () => watch(file.name) : undefined}
              exports={mayExport && !isLive && <FileExports recordingId={manifest.recordingId} file={file} />}
            >
              <QualityReport file={file} />
            </FileCard>
          </li>
        ))}
      </ul>
    </>
  );
}

const RecordingStage = lazy(() => import('./recording-stage.tsx'));

/** The player in a chunk of its own; until it is there, something of its size is. */
function LazyRecordingStage(props: ComponentProps<typeof RecordingStage>) {
  return (
    <Suspense fallback={<StageSkeleton />}>
      <RecordingStage {...props} />
    </Suspense>
  );
}

/** As large as the player will be. */
export function StageSkeleton() {
  return <Skeleton className={classes.stageSkeleton ?? ''} radius="lg" />;
}

/** For those who may read the recording. */
function useAddressesInArchive(recordingId: string): FileAddresses {
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
