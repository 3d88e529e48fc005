import { IconScreenShare } from '@tabler/icons-react';
import { useState } from 'react';
import { Initials } from '#client/ui/initials.tsx';
import type { ManifestFile } from '#protocol/manifest.ts';
import classes from './file-card.module.css';

/** A picture of the file; the person's initials where there is none. */
export function FileThumbnail({ file, url }: { file: ManifestFile; url: string | undefined }) {
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
