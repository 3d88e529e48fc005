import { type ReactNode, useRef, useState } from 'react';
import { useText } from '#client/text/use-text.ts';
import { Notice } from '#client/ui/notice.tsx';
import type { Manifest, ManifestFile } from '#protocol/manifest.ts';
import classes from './file-card.module.css';
import { FileCard } from './file-card.tsx';
import { LazyRecordingStage } from './lazy-recording-stage.tsx';
import { QualityReport } from './quality-report.tsx';
import page from './recording.module.css';

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
  exportsOf,
  children,
}: {
  manifest: Manifest;
  addresses: FileAddresses;
  /** What a file can be turned into. */
  exportsOf?: (file: ManifestFile) => ReactNode;
  /** Between the player and the files. */
  children?: ReactNode;
}) {
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
      <div ref={top} className={page.top}>
        {alone && (
          <Notice kind="info" button={{ words: player.everyone, press: () => watch(undefined) }}>
            {player.alone(alone.personName)}
          </Notice>
        )}
        <LazyRecordingStage key={only ?? ''} manifest={manifest} urlOf={addresses.file} only={alone?.name} />
      </div>
      {children}
      {manifest.files.length > 0 && <h2 className={page.subtitle}>{words.files}</h2>}
      <ul className={classes.files}>
        {manifest.files.map((file) => (
          <li key={file.name}>
            <FileCard
              file={file}
              downloadUrl={addresses.download?.(file.name)}
              thumbnailUrl={isLive ? undefined : addresses.thumbnail(file.name)}
              watchAlone={isOneOfMany ? () => watch(file.name) : undefined}
              exports={exportsOf?.(file)}
            >
              <QualityReport file={file} />
            </FileCard>
          </li>
        ))}
      </ul>
    </>
  );
}
