import { useElementSize } from '@mantine/hooks';
import { type CSSProperties, useEffect, useMemo } from 'react';
import { useStore } from '#client/services/services.ts';
import type { Incoming } from '#client/session/media/incoming.ts';
import type { Stage } from '#client/session/stage/stage.ts';
import { useText } from '#client/text/use-text.ts';
import { arrange, type Rect } from './arrangement.ts';
import { PageControl } from './page-control.tsx';
import { PersonTile } from './person-tile.tsx';
import { compose, videosOf } from './scene.ts';
import classes from './stage-view.module.css';
import type { Tile } from './tiles.ts';

/**
 * The pictures of the meeting. Every tile is placed by measure in one list, so that it stays the same element wherever
 * it goes: a picture that becomes large goes on playing. The server sends only what has a place.
 */
export function StageView({
  stage,
  tiles,
  incoming,
}: {
  stage: Stage;
  tiles: readonly Tile[];
  incoming: Incoming;
}) {
  const { stage: text } = useText();
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const { order, page, pinned } = useStore(stage);
  const arrangement = useMemo(
    () => arrange({ area: { width, height }, page, ...compose(tiles, { order, pinned }) }),
    [tiles, order, page, pinned, width, height],
  );
  const { control, pages, places } = arrangement;
  const shown = tiles.filter(({ key }) => places.has(key)).toSorted(inOrderOf([...places.keys()]));

  useEffect(() => {
    // Before the area is measured nothing is to be seen, and nothing is asked for.
    incoming.show(videosOf(tiles, { places }, window.devicePixelRatio));
    const visible = tiles.filter(({ key }) => places.has(key)).map(({ connectionId }) => connectionId);
    stage.shows(visible, arrangement);
  }, [incoming, stage, tiles, places, arrangement]);

  return (
    <div ref={ref} className={classes.area}>
      <ul className={classes.tiles} aria-label={text.label}>
        {shown.map((tile) => (
          <li key={tile.key} className={classes.place} style={styleOf(places.get(tile.key))}>
            <PersonTile
              tile={tile}
              isPinned={tile.key === pinned}
              onPin={() => stage.pin(tile.key === pinned ? undefined : tile.key)}
            />
          </li>
        ))}
      </ul>
      {control && (
        <div className={classes.place} style={styleOf(control)}>
          <PageControl page={arrangement.page} pages={pages} onTurn={(by) => stage.turnBy(by)} />
        </div>
      )}
    </div>
  );
}

function inOrderOf(keys: readonly string[]): (a: Tile, b: Tile) => number {
  return (a, b) => keys.indexOf(a.key) - keys.indexOf(b.key);
}

function styleOf(rect: Rect | undefined): CSSProperties | undefined {
  return rect && { left: rect.x, top: rect.y, width: rect.width, height: rect.height };
}
