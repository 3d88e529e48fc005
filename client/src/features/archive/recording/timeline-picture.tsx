import { type MouseEvent, useMemo } from 'react';
import { useStore } from '#client/services/services.ts';
import type { GroupPlayback } from '#client/session/playback/group-playback.ts';
import {
  boxesPath,
  type TimelineRow,
  timelineMarks,
  timelineRows,
} from '#client/session/playback/timeline-rows.ts';
import { formatDuration } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { Card } from '#client/ui/card.tsx';
import type { Interval, Manifest } from '#protocol/manifest.ts';
import classes from './timeline-picture.module.css';
import { TimelineTable } from './timeline-table.tsx';

const MOST_MARKS = 6;
const ROW_HEIGHT = 24;
/** The share of the whole below which something would be too thin to see. */
const LEAST = 0.003;

/** What is drawn of a person's time, each in a band of the row; the last lies on top. */
const bands = [
  { what: 'there', top: 0, height: ROW_HEIGHT },
  { what: 'recorded', top: 0, height: ROW_HEIGHT },
  { what: 'cameraOff', top: 0, height: ROW_HEIGHT },
  { what: 'spoke', top: 5, height: 14 },
  { what: 'muted', top: 20, height: 4 },
  { what: 'losses', top: 0, height: 4 },
  { what: 'gaps', top: 0, height: ROW_HEIGHT },
] as const;

const legend = ['there', 'spoke', 'muted', 'cameraOff', 'screen', 'gap', 'loss'] as const;

/** Who was there, who spoke, and what is missing, a row for each person; a click jumps there. */
export function TimelinePicture({ manifest, playback }: { manifest: Manifest; playback: GroupPlayback }) {
  const { player: text } = useText();
  const { durationMs } = useStore(playback);
  const rows = useMemo(() => timelineRows(manifest, durationMs), [manifest, durationMs]);
  if (durationMs <= 0) return null;
  return (
    <Card compact title={text.timeline} titleId="timeline">
      <div className={classes.rows} aria-hidden="true">
        {rows.map((row) => (
          <div key={row.connectionId} className={classes.row}>
            <span className={classes.name}>{row.name}</span>
            <Track row={row} durationMs={durationMs} seek={(atMs) => playback.seek(atMs)} />
          </div>
        ))}
        <div className={classes.row}>
          <span />
          <div className={classes.marks}>
            {timelineMarks(durationMs, MOST_MARKS).map((atMs) => (
              <span key={atMs} style={{ left: `${(100 * atMs) / durationMs}%` }}>
                {formatDuration(atMs)}
              </span>
            ))}
          </div>
        </div>
        <Playhead playback={playback} durationMs={durationMs} />
      </div>
      <ul className={classes.legend} aria-hidden="true">
        {legend.map((what) => (
          <li key={what} data-what={what}>
            {text[what]}
          </li>
        ))}
      </ul>
      <TimelineTable rows={rows} />
    </Card>
  );
}

/** For the pointer alone: the keyboard has the player's slider. */
function Track({
  row,
  durationMs,
  seek,
}: {
  row: TimelineRow;
  durationMs: number;
  seek: (atMs: number) => void;
}) {
  const press = (event: MouseEvent<SVGSVGElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    seek(((event.clientX - left) / width) * durationMs);
  };
  const path = (intervals: readonly Interval[], top: number, height: number) =>
    boxesPath(intervals, { top, height, leastMs: durationMs * LEAST });
  return (
    <svg
      className={classes.track}
      viewBox={`0 0 ${Math.round(durationMs)} ${ROW_HEIGHT}`}
      preserveAspectRatio="none"
      onClick={press}
      aria-hidden="true"
    >
      {bands.map(({ height, top, what }) => (
        <path key={what} data-what={what} d={path(row[what], top, height)} />
      ))}
      <path data-what="screen" d={path(row.screen, 0, 3)} />
    </svg>
  );
}

function Playhead({ playback, durationMs }: { playback: GroupPlayback; durationMs: number }) {
  const positionMs = useStore(playback.position);
  return (
    <div className={classes.over}>
      <span className={classes.playhead} style={{ left: `${(100 * positionMs) / durationMs}%` }} />
    </div>
  );
}
