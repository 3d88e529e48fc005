import { Table } from '@mantine/core';
import { useServices } from '#client/services/services.ts';
import { type DayOfUse, lastDays, scaleTop } from '#client/session/archive/use-per-day.ts';
import { formatBytes, formatDay } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { Card } from '#client/ui/card.tsx';
import classes from './storage.module.css';

const SHOWN_DAYS = 90;
/** Of the picture, which is stretched to the width that there is. */
const HEIGHT = 100;
const BAR_WIDTH = 0.72;

/** Bytes that were recorded on each of the last days: a bar each, the same in words, and as a table. */
export function UsePlot({ days }: { days: readonly DayOfUse[] }) {
  const { locale, storage: text } = useText();
  const { clock } = useServices();
  const shown = lastDays(days, clock.nowMs(), SHOWN_DAYS);
  const used = shown.filter(({ bytes }) => bytes > 0);
  const most = used.reduce<DayOfUse | undefined>(
    (best, one) => (best && best.bytes >= one.bytes ? best : one),
    undefined,
  );
  const size = (bytes: number): string => formatBytes(bytes, locale);
  const top = scaleTop(most?.bytes ?? 0);
  return (
    <Card title={text.plotTitle}>
      {most === undefined ? (
        <p className={classes.remark}>{text.plotEmpty}</p>
      ) : (
        <>
          <figure className={classes.plot}>
            <div className={classes.scale} aria-hidden="true">
              <span>{size(top)}</span>
              <span>{size(top / 2)}</span>
              <span>0</span>
            </div>
            <svg
              className={classes.bars}
              viewBox={`0 0 ${SHOWN_DAYS} ${HEIGHT}`}
              preserveAspectRatio="none"
              role="img"
              aria-label={text.plotTitle}
              aria-describedby="use-words"
            >
              <line className={classes.grid} x1={0} x2={SHOWN_DAYS} y1={HEIGHT / 2} y2={HEIGHT / 2} />
              {shown.map(({ bytes, day, recordings }, index) => (
                <g key={day} className={classes.bar}>
                  <rect x={index} y={0} width={1} height={HEIGHT} fillOpacity={0} />
                  <rect
                    x={index + (1 - BAR_WIDTH) / 2}
                    y={HEIGHT * (1 - bytes / top)}
                    width={BAR_WIDTH}
                    height={(HEIGHT * bytes) / top}
                  />
                  <title>{text.bar(formatDay(day, locale), size(bytes), recordings)}</title>
                </g>
              ))}
            </svg>
            <div className={classes.span} aria-hidden="true">
              <span>{formatDay(shown[0]?.day ?? '', locale)}</span>
              <span>{formatDay(shown.at(-1)?.day ?? '', locale)}</span>
            </div>
          </figure>
          <p className={classes.remark} id="use-words">
            {text.plotSummary(
              size(used.reduce((sum, { bytes }) => sum + bytes, 0)),
              used.reduce((sum, { recordings }) => sum + recordings, 0),
              size(most.bytes),
              formatDay(most.day, locale),
            )}
          </p>
          <details className={classes.details}>
            <summary>{text.asTable}</summary>
            <Table aria-label={text.plotTitle}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{text.day}</Table.Th>
                  <Table.Th scope="col">{text.size}</Table.Th>
                  <Table.Th scope="col">{text.recordings}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {used.toReversed().map(({ bytes, day, recordings }) => (
                  <Table.Tr key={day}>
                    <Table.Td>{formatDay(day, locale)}</Table.Td>
                    <Table.Td>{size(bytes)}</Table.Td>
                    <Table.Td>{recordings}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </details>
        </>
      )}
    </Card>
  );
}
