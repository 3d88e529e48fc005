import {
  IconMaximize,
  IconMinimize,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRewindBackward10,
  IconRewindForward10,
  IconUserScan,
  IconVolume,
  IconVolumeOff,
} from '@tabler/icons-react';
import { useStore } from '#client/services/services.ts';
import { type GroupPlayback, RATES } from '#client/session/playback/group-playback.ts';
import { useText } from '#client/text/use-text.ts';
import type { Mode } from '#client/ui/mode.ts';
import { PlayerButton } from './player-button.tsx';
import classes from './player-controls.module.css';
import { KeysHint } from './player-keys.tsx';
import { LiveButton, Scrubber } from './scrubber.tsx';

const SKIP_MS = 10_000;
const ICON = 20;

/** The bar below the pictures. */
export function PlayerControls({
  playback,
  fullscreen,
}: {
  playback: GroupPlayback;
  fullscreen: Mode | undefined;
}) {
  const { player: text } = useText();
  const { followsSpeaker, isSilent, rate, status, volume } = useStore(playback);
  const runs = status === 'playing' || status === 'waiting';
  return (
    <div className={classes.controls}>
      <Scrubber playback={playback} />
      <div className={classes.bar}>
        <PlayerButton
          label={runs ? text.pause : status === 'ended' ? text.again : text.play}
          press={() => playback.toggle()}
          main
        >
          {runs ? <IconPlayerPauseFilled size={ICON} /> : <IconPlayerPlayFilled size={ICON} />}
        </PlayerButton>
        <PlayerButton label={text.back} press={() => playback.skip(-SKIP_MS)}>
          <IconRewindBackward10 size={ICON} />
        </PlayerButton>
        <PlayerButton label={text.forward} press={() => playback.skip(SKIP_MS)}>
          <IconRewindForward10 size={ICON} />
        </PlayerButton>
        <PlayerButton label={text.silence} isOn={isSilent} press={() => playback.toggleSilence()}>
          {isSilent ? <IconVolumeOff size={ICON} /> : <IconVolume size={ICON} />}
        </PlayerButton>
        <input
          className={`${classes.range} ${classes.volume}`}
          type="range"
          data-own-arrows
          aria-label={text.volume}
          min={0}
          max={1}
          step={0.05}
          value={isSilent ? 0 : volume}
          onChange={(event) => playback.setVolume(Number(event.currentTarget.value))}
        />
        <LiveButton playback={playback} />
        <span className={classes.space} />
        <select
          className={classes.speed}
          aria-label={text.speed}
          value={rate}
          onChange={(event) => playback.setRate(Number(event.currentTarget.value))}
        >
          {RATES.map((one) => (
            <option key={one} value={one}>
              {text.times(one)}
            </option>
          ))}
        </select>
        <PlayerButton label={text.follow} isOn={followsSpeaker} press={() => playback.toggleFollowing()}>
          <IconUserScan size={ICON} />
        </PlayerButton>
        <KeysHint />
        {fullscreen && (
          <PlayerButton
            label={fullscreen.isOn ? text.leaveFullscreen : text.fullscreen}
            press={fullscreen.toggle}
          >
            {fullscreen.isOn ? <IconMinimize size={ICON} /> : <IconMaximize size={ICON} />}
          </PlayerButton>
        )}
      </div>
    </div>
  );
}
