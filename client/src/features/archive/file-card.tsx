import { Button } from '@mantine/core';
import { IconDownload, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { ManifestFile } from '../../../../protocol/manifest.ts';
import { formatBytes, formatDuration } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import classes from './archive.module.css';
import { Player } from './player.tsx';
import { save } from './save.ts';
import { StateBadge } from './state-badge.tsx';

/** One person's file: what it is, and what can be done with it. */
export function FileCard({
  file,
  urlOf,
  canDownload = true,
}: {
  file: ManifestFile;
  /** Where the file is, for those who may see it here. */
  urlOf: (name: string, options: { download?: boolean; follow?: boolean }) => string;
  canDownload?: boolean;
}) {
  const { archive: text, locale } = useText();
  const [isPlaying, setPlaying] = useState(false);
  const titleId = useId();
  const size = file.resolutions.at(-1);
  return (
    <article className={classes.file} aria-labelledby={titleId}>
      <div className={classes.fileHead}>
        <div className={classes.fileWords}>
          <h3 className={classes.person} id={titleId}>
            {file.personName}
          </h3>
          <p className={classes.hint}>
            {[
              text.source[file.source],
              formatDuration(file.durationMs),
              formatBytes(file.bytes, locale),
              size && `${size.width} × ${size.height}`,
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          <p className={classes.fileName}>{file.name}</p>
        </div>
        {file.state !== 'complete' && (
          <StateBadge live={file.state === 'writing'} warn={file.state === 'recovered'}>
            {text.fileState[file.state]}
          </StateBadge>
        )}
        <div className={classes.fileActions}>
          {isPlaying ? (
            <Button variant="default" leftSection={<IconX size={18} />} onClick={() => setPlaying(false)}>
              {text.closePlayer}
            </Button>
          ) : (
            <Button
              aria-describedby={titleId}
              leftSection={<IconPlayerPlay size={18} />}
              onClick={() => setPlaying(true)}
            >
              {text.play}
            </Button>
          )}
          {canDownload && (
            <Button
              aria-describedby={titleId}
              variant="default"
              leftSection={<IconDownload size={18} />}
              onClick={() => save(urlOf(file.name, { download: true }), file.name)}
            >
              {text.download}
            </Button>
          )}
        </div>
      </div>
      {isPlaying && (
        <Player
          url={urlOf(file.name, { follow: file.state === 'writing' })}
          isLive={file.state === 'writing'}
          title={text.playing(file.personName)}
        />
      )}
    </article>
  );
}
