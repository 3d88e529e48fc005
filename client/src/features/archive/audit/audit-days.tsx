import { Link } from 'react-router';
import type { AuditAction, AuditEntry } from '../../../../../protocol/audit-api.ts';
import { formatClock, formatDayOf } from '../../../text/format.ts';
import { useText } from '../../../text/use-text.ts';
import classes from './audit.module.css';

/** Of what is gone there is no page. */
const ENDS: ReadonlySet<AuditAction> = new Set(['recording-deleted']);

/** Entries of the audit log in words, under the day on which they were written. */
export function AuditDays({ entries }: { entries: readonly AuditEntry[] }) {
  const { locale } = useText();
  const days = Map.groupBy(entries, ({ atMs }) => formatDayOf(atMs, locale));
  return [...days].map(([day, ofDay]) => (
    <section key={day} className={classes.day}>
      <h2 className={classes.dayName}>{day}</h2>
      <ul className={classes.entries}>
        {ofDay.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ul>
    </section>
  ));
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { audit: text, locale } = useText();
  const { action, actor, address, atMs, detail, recordingId } = entry;
  return (
    <li className={classes.entry}>
      <time className={classes.time} dateTime={new Date(atMs).toISOString()}>
        {formatClock(atMs, locale)}
      </time>
      <div className={classes.what}>
        <span>{text.sentence(text.actor[actor], text.did(action))}</span>
        {detail && <span className={classes.detail}>{detail}</span>}
        <span className={classes.detail}>
          {address !== undefined && text.from(address)}
          {recordingId !== undefined && (
            <span className={classes.links}>
              {!ENDS.has(action) && <Link to={`/admin/recordings/${recordingId}`}>{text.recording}</Link>}
              <Link to={`/admin/audit?recordingId=${recordingId}`}>{text.ofRecording}</Link>
            </span>
          )}
        </span>
      </div>
    </li>
  );
}
