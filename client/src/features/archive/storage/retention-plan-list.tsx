import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { formatBytes, formatDate } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import type { RetentionPlan } from '#protocol/http/storage.ts';
import classes from './storage.module.css';

const SHOWN_AT_FIRST = 5;

/** What rules would delete now, the oldest first, and what they leave because it is pinned. */
export function RetentionPlanList({ plan }: { plan: RetentionPlan }) {
  const { locale, retention: text } = useText();
  const [isOpen, setOpen] = useState(false);
  const { bytes, count, pinned } = plan;
  const shown = isOpen ? plan.recordings : plan.recordings.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <p className={classes.verdict}>
        {count === 0 ? text.nothing : text.would(count, formatBytes(bytes, locale))}
      </p>
      {shown.length > 0 && (
        <ul className={classes.doomed}>
          {shown.map(({ reason, summary: { recordingId, ...summary } }) => (
            <li key={recordingId}>
              <Link to={`/admin/recordings/${recordingId}`}>{summary.meetingName || recordingId}</Link>
              <span className={classes.remark}>
                {formatDate(summary.startedAtMs, locale)} · {formatBytes(summary.bytes, locale)} ·{' '}
                {text.reason[reason]}
              </span>
            </li>
          ))}
        </ul>
      )}
      {count > shown.length && <p className={classes.remark}>{text.andMore(count - shown.length)}</p>}
      {!isOpen && plan.recordings.length > SHOWN_AT_FIRST && (
        <Button size="compact-sm" variant="subtle" onClick={() => setOpen(true)}>
          {text.showAll}
        </Button>
      )}
      {pinned.count > 0 && (
        <p className={classes.remark}>{text.spared(pinned.count, formatBytes(pinned.bytes, locale))}</p>
      )}
    </>
  );
}
