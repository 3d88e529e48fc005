import { Link } from 'react-router';
import { formatClock, formatDayOf } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import type { AuditEntry } from '#protocol/http/audit.ts';
import classes from './audit.module.css';

/** Entries of the audit log in words, under the day on which they were written. */
export function AuditDays({
  entries,
  isOfOne,
}: {
  entries: readonly AuditEntry[];
  /** All are about one recording. */
  isOfOne: boolean;
}) {
  const { locale } = useText();
  const days = Map.groupBy(entries, ({ atMs }) => formatDayOf(atMs, locale));
  return [...days].map(([day, ofDay]) => (
    <section key={day} className={classes.day}>
      <h2 className={classes.dayName}>{day}</h2>
      <ul className={classes.entries}>
        {ofDay.map((entry) => (
          <Entry key={entry.id} entry={entry} isOfOne={isOfOne} />
        ))}
      </ul>
    </section>
  ));
}

function Entry({ entry, isOfOne }: { entry: AuditEntry; isOfOne: boolean }) {
  const { audit: text, locale } = useText();
  const { action, actor, address, atMs, detail, meetingName, recordingId } = entry;
  return (
    <li className={classes.entry}>
      <time className={classes.time} dateTime={new Date(atMs).toISOString()}>
        {formatClock(atMs, locale)}
      </time>
      <div className={classes.what}>
        <span>{text.sentence(text.actor[actor], text.did(action))}</span>
        {recordingId !== undefined && (
          <span className={classes.links}>
            {meetingName !== undefined && (
              <Link to={`/admin/recordings/${recordingId}`}>{meetingName || recordingId}</Link>
            )}
            {!isOfOne && <Link to={`/admin/audit?recordingId=${recordingId}`}>{text.ofRecording}</Link>}
          </span>
        )}
        <span className={classes.detail}>
          {[detail, address !== undefined && text.from(address)].filter(Boolean).join(' · ')}
        </span>
      </div>
    </li>
  );
}
