import {
  IconHeadphones,
  IconMaximize,
  IconMicrophoneOff,
  IconMinimize,
  IconVolume,
  IconVolumeOff,
} from '@tabler/icons-react';
import { type CSSProperties, useEffect, useRef } from 'react';
import type { GroupPlayback } from '#client/session/playback/group-playback.ts';
import { placeOf, type Seat } from '#client/session/playback/scene.ts';
import { useText } from '#client/text/use-text.ts';
import { Initials } from '#client/ui/initials.tsx';
import { PlayerButton } from './player-button.tsx';
import classes from './player-tile.module.css';

/** One file of the recording: the element that plays it, whose it is, and what can be done with it. */
export function PlayerTile({
  seat: { isCameraOff, isMuted: wasMuted, isSpeaking, shown, track },
  column,
  playback,
  isMuted,
  isSolo,
  isPinned,
  hasFailed,
}: {
  seat: Seat;
  /** Its place in the grid; undefined: the next one. */
  column: string | undefined;
  playback: GroupPlayback;
  isMuted: boolean;
  isSolo: boolean;
  isPinned: boolean;
  hasFailed: boolean;
}) {
  const { player: text } = useText();
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    playback.attach(track.id, element.current ?? undefined);
    return () => playback.attach(track.id, undefined);
  }, [playback, track.id]);
  const isScreen = track.source === 'screen';
  const name = isScreen ? text.screenOf(track.personName) : track.personName;
  const place = placeOf(track);
  return (
    <li
      className={classes.tile}
      style={{ '--column': column } as CSSProperties}
      data-shown={shown}
      data-speaking={isSpeaking || undefined}
      data-screen={isScreen || undefined}
      data-start-ms={track.startMs}
    >
      {/* biome-ignore lint/a11y/useMediaCaption: a recorded person has no captions. */}
      <video
        ref={element}
        className={classes.video}
        playsInline
        preload="auto"
        aria-label={text.picture(name)}
      />
      {isCameraOff && (
        <span className={classes.cover}>
          <Initials name={track.personName} />
        </span>
      )}
      {hasFailed && <p className={classes.failed}>{text.failed}</p>}
      <span className={classes.name}>
        {wasMuted && <IconMicrophoneOff size={14} aria-label={text.wasMuted} role="img" />}
        <span>{name}</span>
      </span>
      <span className={classes.buttons}>
        <PlayerButton
          className={classes.button}
          label={text.mutePerson(name)}
          isOn={isMuted}
          press={() => playback.toggleMuted(place)}
        >
          {isMuted ? <IconVolumeOff size={16} /> : <IconVolume size={16} />}
        </PlayerButton>
        <PlayerButton
          className={classes.button}
          label={text.soloPerson(name)}
          isOn={isSolo}
          press={() => playback.toggleSolo(place)}
        >
          <IconHeadphones size={16} />
        </PlayerButton>
        <PlayerButton
          className={classes.button}
          label={text.pinPerson(name)}
          isOn={isPinned}
          press={() => playback.togglePin(place)}
        >
          {isPinned ? <IconMinimize size={16} /> : <IconMaximize size={16} />}
        </PlayerButton>
      </span>
    </li>
  );
}
