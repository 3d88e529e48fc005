import { IconAntennaBars2, IconHandStop, IconMicrophoneOff, IconVideoOff } from '@tabler/icons-react';
import { useText } from '../../text/use-text.ts';
import { Initials } from '../../ui/initials.tsx';
import { Picture } from '../../ui/media-elements.tsx';
import classes from './person-tile.module.css';
import type { Tile } from './tiles.ts';

/** One person, or one shared screen. */
export function PersonTile({ tile }: { tile: Tile }) {
  const { meeting } = useText();
  const { cannotShow, hasHandUp, isAway, isMuted, isOwn, isPoor, isSpeaking, kind, name, picture } = tile;
  const isScreen = kind === 'screen';
  const label = isScreen
    ? isOwn
      ? meeting.ownScreen
      : meeting.screenOf(name)
    : isOwn
      ? meeting.you(name)
      : name;
  return (
    <figure className={classes.tile} data-away={isAway || undefined} data-speaking={isSpeaking || undefined}>
      {picture ? (
        <Picture track={picture} mirrored={isOwn && !isScreen} whole={isScreen} />
      ) : (
        <div className={classes.blank}>
          {!isScreen && <Initials name={name} />}
          {cannotShow && <p className={classes.words}>{meeting.cannotShow}</p>}
        </div>
      )}
      {isAway && <p className={classes.away}>{meeting.away}</p>}
      {hasHandUp && (
        <IconHandStop className={classes.hand} size={22} role="img" aria-label={meeting.handUp} />
      )}
      <figcaption className={classes.caption}>
        <span className={classes.name}>{label}</span>
        {isMuted && (
          <IconMicrophoneOff className={classes.sign} size={16} role="img" aria-label={meeting.muted} />
        )}
        {isPoor && (
          <IconAntennaBars2
            className={classes.sign}
            size={16}
            role="img"
            aria-label={meeting.poorConnection}
          />
        )}
        {!picture && !isScreen && (
          <IconVideoOff className={classes.sign} size={16} role="img" aria-label={meeting.cameraOff} />
        )}
      </figcaption>
    </figure>
  );
}
