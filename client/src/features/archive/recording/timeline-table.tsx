import { coveredMs, type TimelineRow } from '#client/session/playback/timeline-rows.ts';
import { formatDuration } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import classes from './timeline-picture.module.css';

/** The same as the picture, for whoever would rather read it. */
export function TimelineTable({ rows }: { rows: readonly TimelineRow[] }) {
  const { player: text } = useText();
  return (
    <details className={classes.words}>
      <summary>{text.timelineAsTable}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled must be reached by keyboard. */}
      <section className={classes.scroll} tabIndex={0} aria-label={text.timelineAsTable}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{text.person}</th>
              <th scope="col">{text.there}</th>
              <th scope="col">{text.spokeFor}</th>
              <th scope="col">{text.mutedFor}</th>
              <th scope="col">{text.cameraOffFor}</th>
              <th scope="col">{text.gapsFor}</th>
              <th scope="col">{text.lost}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.connectionId}>
                <th scope="row">{row.name}</th>
                <td>
                  {row.there
                    .map(({ fromMs, toMs }) => `${formatDuration(fromMs)} – ${formatDuration(toMs)}`)
                    .join(', ')}
                </td>
                <td>{formatDuration(coveredMs(row.spoke))}</td>
                <td>{formatDuration(coveredMs(row.muted))}</td>
                <td>{formatDuration(coveredMs(row.cameraOff))}</td>
                <td>{row.gaps.length}</td>
                <td>{row.lostPackets}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
