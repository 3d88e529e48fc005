import { Button } from '@mantine/core';
import { IconDownload, IconPlayerPlay, IconScreenShare } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { formatBytes, formatDuration } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { Initials } from '#client/ui/initials.tsx';
import type { ManifestFile } from '#protocol/manifest.ts';
import { save } from '../save.ts';
import { StateBadge } from '../state-badge.tsx';
import classes from './file-card.module.css';

/** One person's file: what it is, and what can be done with it. */
export function FileCard({
  file,
  downloadUrl,
  thumbnailUrl,
  watchAlone,
  exports,
  children,
}: {
  file: ManifestFile;
  /** Undefined where downloads are switched off. */
  downloadUrl: string | undefined;
  /** Undefined while the recording is being made: there are none before its end. */
  thumbnailUrl: string | undefined;
  /** Undefined where there is nobody else. */
  watchAlone?: (() => void) | undefined;
  /** Beside the download. */
  exports?: ReactNode;
  /** Below all, such as how good it is. */
  children?: ReactNode;
}) {
  const { archive: words, report: text, locale } = useText();
  const titleId = useId();
  const size = file.resolutions.at(-1);
  return (
    <article className={classes.file} aria-labelledby={titleId}>
      <FileThumbnail file={file} url={thumbnailUrl} />
      <div className={classes.words}>
        <h3 className={classes.person} id={titleId}>
          {file.personName}
          {file.state !== 'complete' && (
            <StateBadge live={file.state === 'writing'} warn={file.state === 'recovered'}>
              {words.fileState[file.state]}
            </StateBadge>
          )}
        </h3>
        <p className={classes.hint}>
          {[
            words.source[file.source],
            file.durationMs > 0 && formatDuration(file.durationMs),
            file.bytes > 0 && formatBytes(file.bytes, locale),
            size && `${size.width} × ${size.height}`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {file.audio.codec === 'opus' && <p className={classes.hint}>{text.keptSound}</p>}
        {children}
      </div>
      <div className={classes.actions}>
        {watchAlone && (
          <Button
            aria-describedby={titleId}
            variant="light"
            leftSection={<IconPlayerPlay size={18} />}
            onClick={watchAlone}
          >
            {text.watchAlone}
          </Button>
        )}
        {downloadUrl !== undefined && (
          <Button
            aria-describedby={titleId}
            variant="default"
            leftSection={<IconDownload size={18} />}
            onClick={() => save(downloadUrl, file.name)}
          >
            {words.download}
          </Button>
        )}
        {exports}
      </div>
    </article>
  );
}

/** A picture of the file; the person's initials where there is none. */
function FileThumbnail({ file, url }: { file: ManifestFile; url: string | undefined }) {
  const [hasFailed, setFailed] = useState(false);
  const hasPicture = url !== undefined && file.resolutions.length > 0 && !hasFailed;
  return (
    <div className={classes.thumbnail}>
      {hasPicture ? (
        <img src={url} alt="" loading="lazy" onError={() => setFailed(true)} />
      ) : file.source === 'screen' ? (
        <IconScreenShare size={26} aria-hidden="true" />
      ) : (
        <Initials name={file.personName} />
      )}
    </div>
  );
}
