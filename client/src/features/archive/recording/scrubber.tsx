import { useState } from 'react';
import { useStore } from '#client/services/services.ts';
import type { GroupPlayback } from '#client/session/playback/group-playback.ts';
import { formatDuration } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import classes from './player-controls.module.css';

/** Nearer to the end of what is there than this, one watches live. */
const LIVE_MS = 8000;

/** Where it is in the recording; dragged, it goes there when it is let go. */
export function Scrubber({ playback }: { playback: GroupPlayback }) {
  const { player: text } = useText();
  const positionMs = useStore(playback.position);
  const { durationMs } = useStore(playback);
  const [draggedMs, setDragged] = useState<number>();
  const [isHeld, setHeld] = useState(false);
  const shownMs = Math.min(draggedMs ?? positionMs, durationMs);
  const letGo = (): void => {
    setHeld(false);
    if (draggedMs !== undefined) playback.seek(draggedMs);
    setDragged(undefined);
  };
  const [at, all] = [formatDuration(shownMs), formatDuration(durationMs)];
  return (
    <div className={classes.scrubber}>
      <span className={classes.time}>{at}</span>
      <input
        className={classes.range}
        type="range"
        aria-label={text.position}
        aria-valuetext={text.positionOf(at, all)}
        min={0}
        max={Math.max(1, Math.round(durationMs))}
        step={100}
        value={Math.round(shownMs)}
        style={{ '--done': `${durationMs > 0 ? (100 * shownMs) / durationMs : 0}%` } as React.CSSProperties}
        onPointerDown={() => setHeld(true)}
        onPointerUp={letGo}
        onPointerCancel={letGo}
        onChange={(event) => {
          const wantedMs = Number(event.currentTarget.value);
          if (isHeld) setDragged(wantedMs);
          else playback.seek(wantedMs);
        }}
      />
      <span className={classes.time}>{all}</span>
    </div>
  );
}

/** To where a recording that is still being made is now. */
export function LiveButton({ playback }: { playback: GroupPlayback }) {
  const { player: text } = useText();
  const { durationMs, scene } = useStore(playback);
  const positionMs = useStore(playback.position);
  if (!scene.some(({ track }) => track.isLive)) return null;
  const isLive = durationMs - positionMs < LIVE_MS;
  return (
    <button
      type="button"
      className={classes.live}
      data-now={isLive || undefined}
      aria-label={isLive ? text.live : text.goLive}
      onClick={() => playback.goLive()}
    >
      {text.live}
    </button>
  );
}
