import { Button } from '@mantine/core';
import { IconDownload, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { ManifestFile } from '../../../../protocol/manifest.ts';
import { useServices } from '../../app/services.ts';
import { formatBytes, formatDuration } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import classes from './archive.module.css';
import { Player } from './player.tsx';
import { StateBadge } from './state-badge.tsx';

/** One person's file: what it is, and what can be done with it. */
export function FileCard({ recordingId, file }: { recordingId: string; file: ManifestFile }) {
  const { archive: text, locale } = useText();
  const { archive } = useServices();
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
          <Button
            aria-describedby={titleId}
            variant="default"
            leftSection={<IconDownload size={18} />}
            onClick={() => save(archive.fileUrl(recordingId, file.name, { download: true }), file.name)}
          >
            {text.download}
          </Button>
        </div>
      </div>
      {isPlaying && (
        <Player
          url={archive.fileUrl(recordingId, file.name, { follow: file.state === 'writing' })}
          isLive={file.state === 'writing'}
          title={text.playing(file.personName)}
        />
      )}
    </article>
  );
}

/** Has the browser save an address; the server's own file name wins over this one. */
function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
