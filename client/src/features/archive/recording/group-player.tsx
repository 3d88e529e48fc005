import { useFullscreenElement, useMergedRef } from '@mantine/hooks';
import { type MouseEvent, useRef } from 'react';
import { useStore } from '#client/services/services.ts';
import type { GroupPlayback } from '#client/session/playback/group-playback.ts';
import { useText } from '#client/text/use-text.ts';
import { fullscreenMode } from '#client/ui/mode.ts';
import classes from './group-player.module.css';
import { PlayerControls } from './player-controls.tsx';
import { usePlayerKeys } from './player-keys.tsx';
import { PlayerStage } from './player-stage.tsx';

/** Everybody of a recording at once, and what steers them. */
export function GroupPlayer({ playback }: { playback: GroupPlayback }) {
  const { player: text } = useText();
  const region = useRef<HTMLElement>(null);
  const element = useFullscreenElement<HTMLElement>();
  const ref = useMergedRef(region, element.ref);
  const fullscreen = fullscreenMode(element);
  const onKeyDown = usePlayerKeys(playback, fullscreen?.toggle);
  const { status } = useStore(playback);
  const press = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest('button')) return;
    // So that the keys work from here on.
    region.current?.focus({ preventScroll: true });
    playback.toggle();
  };
  return (
    <section
      ref={ref}
      className={classes.player}
      data-status={status}
      aria-label={text.region}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a larger target for what the Play button does. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has the button, and the space bar. */}
      <div className={classes.pictures} onClick={press}>
        <PlayerStage playback={playback} />
      </div>
      <PlayerControls playback={playback} fullscreen={fullscreen} />
    </section>
  );
}
