import { useElementSize } from '@mantine/hooks';
import { useText } from '../../text/use-text.ts';
import { layOut } from '../../ui/grid-layout.ts';
import { PersonTile } from './person-tile.tsx';
import classes from './stage.module.css';
import type { Tile } from './tiles.ts';

const GAP_PX = 8;

/** Everybody in a grid; while a screen is shared it has the room, and the people are a strip beside it. */
export function Stage({ tiles }: { tiles: readonly Tile[] }) {
  const { meeting } = useText();
  const screens = tiles.filter(({ kind }) => kind === 'screen');
  const people = tiles.filter(({ kind }) => kind === 'person');
  if (screens.length === 0) return <Grid tiles={people} label={meeting.grid} />;
  return (
    <div className={classes.shared}>
      <Grid tiles={screens} label={meeting.grid} />
      <ul className={classes.strip}>
        {people.map((tile) => (
          <li key={tile.key} className={classes.stripItem}>
            <PersonTile tile={tile} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Grid({ tiles, label }: { tiles: readonly Tile[]; label: string }) {
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const layout = layOut(tiles.length, width, height, GAP_PX);
  return (
    <div ref={ref} className={classes.area}>
      <ul
        className={classes.grid}
        aria-label={label}
        style={{ gap: GAP_PX, width: layout.columns * (layout.width + GAP_PX) - GAP_PX }}
      >
        {tiles.map((tile) => (
          <li key={tile.key} style={{ width: layout.width, height: layout.height }}>
            <PersonTile tile={tile} />
          </li>
        ))}
      </ul>
    </div>
  );
}
