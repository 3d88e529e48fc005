import {
  IconAntennaBars2,
  IconHandStop,
  IconMicrophoneOff,
  IconPin,
  IconPinnedOff,
  IconScreenShare,
  IconVideoOff,
} from '@tabler/icons-react';
import { useText } from '#client/text/use-text.ts';
import { Initials } from '#client/ui/initials.tsx';
import { Picture } from '#client/ui/media-elements.tsx';
import classes from './person-tile.module.css';
import type { Tile } from './tiles.ts';

/** One person, or one shared screen. */
export function PersonTile({
  tile,
  isPinned,
  onPin,
}: {
  tile: Tile;
  isPinned: boolean;
  /** Pins it, or ends that. */
  onPin: () => void;
}) {
  const { meeting, stage } = useText();
  const {
    cannotShow,
    hasHandUp,
    isAway,
    isHeldBack,
    isMuted,
    isOff,
    isOwn,
    isPoor,
    isSpeaking,
    kind,
    name,
    picture,
  } = tile;
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
      {/* Behind the picture, which covers it with its first frame. */}
      <div className={classes.blank}>
        {isScreen ? <IconScreenShare size={40} stroke={1.4} aria-hidden="true" /> : <Initials name={name} />}
        {cannotShow && <p className={classes.words}>{meeting.cannotShow}</p>}
        {isHeldBack && <p className={classes.words}>{stage.heldBack}</p>}
      </div>
      {picture && <Picture track={picture} mirrored={isOwn && !isScreen} whole={isScreen} />}
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
        {isOff && !isScreen && (
          <IconVideoOff className={classes.sign} size={16} role="img" aria-label={meeting.cameraOff} />
        )}
      </figcaption>
      <button
        type="button"
        className={classes.pin}
        aria-label={stage.pin(label)}
        aria-pressed={isPinned}
        onClick={onPin}
      >
        {isPinned ? <IconPinnedOff size={18} aria-hidden="true" /> : <IconPin size={18} aria-hidden="true" />}
      </button>
    </figure>
  );
}
