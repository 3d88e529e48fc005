import { useNow } from '#client/services/services.ts';
import { formatBytes, formatDayOf } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { Card } from '#client/ui/card.tsx';
import type { StorageResult } from '#protocol/http/storage.ts';
import classes from './storage.module.css';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** What recordings take of the disk, what is free, and until when that will do. */
export function DiskFacts({ use }: { use: StorageResult }) {
  const { locale, storage: text } = useText();
  const { bytes, disk, forecast, recordings } = use;
  const nowMs = useNow(MINUTE_MS);
  const size = (value: number): string => formatBytes(value, locale);
  const otherBytes = Math.max(0, disk.totalBytes - disk.freeBytes - bytes);
  const share = (value: number): string => `${((100 * value) / Math.max(1, disk.totalBytes)).toFixed(2)}%`;
  const perDay = size(forecast.bytesPerDay);
  const full =
    forecast.fullAtMs === undefined
      ? {
          when: text.fullNever,
          why: forecast.bytesPerDay === 0 ? text.nothingAdded : text.pace(perDay),
        }
      : {
          when: text.fullInDays(Math.max(0, Math.floor((forecast.fullAtMs - nowMs) / DAY_MS))),
          why: text.fullOn(formatDayOf(forecast.fullAtMs, locale), perDay),
        };
  const facts = [
    [text.used, size(bytes), text.usedBy(recordings)],
    [text.free, size(disk.freeBytes), text.ofDisk(size(disk.totalBytes))],
    [text.full, full.when, full.why],
  ] as const;
  return (
    <Card title={text.disk}>
      <dl className={classes.facts}>
        {facts.map(([name, value, remark]) => (
          <div key={name}>
            <dt className={classes.name}>{name}</dt>
            <dd className={classes.value}>{value}</dd>
            <dd className={classes.remark}>{remark}</dd>
          </div>
        ))}
      </dl>
      <div
        className={classes.meter}
        role="img"
        aria-label={text.meter(size(bytes), size(otherBytes), size(disk.freeBytes))}
      >
        <span className={classes.used} style={{ width: share(bytes) }} />
        <span className={classes.other} style={{ width: share(otherBytes) }} />
      </div>
      <ul className={classes.legend} aria-hidden="true">
        <li data-part="used">{text.used}</li>
        <li data-part="other">{text.other}</li>
        <li data-part="free">{text.free}</li>
      </ul>
    </Card>
  );
}
