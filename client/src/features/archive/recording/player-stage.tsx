import { IconPlayerPlayFilled } from '@tabler/icons-react';
import type { CSSProperties } from 'react';
import { useStore } from '#client/services/services.ts';
import type { GroupPlayback } from '#client/session/playback/group-playback.ts';
import { placeOf, type Seat } from '#client/session/playback/scene.ts';
import { useText } from '#client/text/use-text.ts';
import classes from './group-player.module.css';
import { PlayerTile } from './player-tile.tsx';

/** Whoever is there now, in a grid, or beside the one who is large. */
export function PlayerStage({ playback }: { playback: GroupPlayback }) {
  const { player: text } = useText();
  const { failed, muted, scene, solo, pinned, status } = useStore(playback);
  const tiles = scene.filter(({ shown }) => shown === 'tile');
  const hasLarge = scene.some(({ shown }) => shown === 'large');
  const voices = scene.filter(({ shown }) => shown === 'voice');
  const isEmpty = scene.every(({ shown }) => shown === 'coming');
  const columns = Math.ceil(Math.sqrt(tiles.length));
  return (
    <div className={classes.stage} data-large={hasLarge || undefined} data-count={tiles.length}>
      <ul
        className={classes.tiles}
        aria-label={text.stage}
        style={{ '--columns': columns, '--tiles': tiles.length } as CSSProperties}
      >
        {scene.map((seat) => (
          <PlayerTile
            key={seat.track.id}
            seat={seat}
            column={hasLarge ? undefined : columnOf(tiles, seat, columns)}
            playback={playback}
            isMuted={muted.has(placeOf(seat.track))}
            isSolo={solo === placeOf(seat.track)}
            isPinned={pinned === placeOf(seat.track)}
            hasFailed={failed.has(seat.track.id)}
          />
        ))}
      </ul>
      {isEmpty && <p className={classes.empty}>{text.nobody}</p>}
      {voices.length > 0 && (
        <div className={classes.voices}>
          <span>{text.heardOnly}</span>
          {voices.map(({ track }) => (
            <button
              key={track.id}
              type="button"
              className={classes.voice}
              title={text.pinPerson(track.personName)}
              onClick={() => playback.togglePin(placeOf(track))}
            >
              {track.personName}
            </button>
          ))}
        </div>
      )}
      {(status === 'paused' || status === 'ended') && (
        <span className={classes.bigPlay} aria-hidden="true">
          <IconPlayerPlayFilled size={34} />
        </span>
      )}
      <p className={classes.waiting} role="status">
        {status === 'waiting' && text.waiting}
      </p>
    </div>
  );
}

/** Two tracks make a column, so that a last row that is not full stands in the middle. */
function columnOf(tiles: readonly Seat[], seat: Seat, columns: number): string | undefined {
  const at = tiles.indexOf(seat);
  if (at < 0) return undefined;
  const inLastRow = tiles.length % columns || columns;
  const isFirstOfLastRow = at === tiles.length - inLastRow;
  return isFirstOfLastRow ? `${columns - inLastRow + 1} / span 2` : 'span 2';
}
