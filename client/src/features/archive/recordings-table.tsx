import { Table } from '@mantine/core';
import { Link } from 'react-router';
import type { RecordingSummary } from '../../../../protocol/archive-api.ts';
import { formatBytes, formatDate, formatDuration } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import classes from './archive.module.css';
import { StateBadge } from './state-badge.tsx';

/** All recordings, those that still run first; on a phone each row becomes a card. */
export function RecordingsTable({ recordings }: { recordings: readonly RecordingSummary[] }) {
  const { archive: text, locale } = useText();
  const isLive = (recording: RecordingSummary) => recording.state === 'recording';
  const sorted = [...recordings.filter(isLive), ...recordings.filter((recording) => !isLive(recording))];
  const { columns } = text;
  return (
    <div className={classes.card}>
      <Table className={classes.table ?? ''} aria-label={text.table} verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            {Object.entries(columns).map(([key, title]) => (
              <Table.Th key={key} scope="col">
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.map((recording) => (
            <Table.Tr key={recording.recordingId}>
              <Table.Td className={classes.main ?? ''}>
                <Link className={classes.link} to={`/admin/recordings/${recording.recordingId}`}>
                  {recording.meetingName || recording.recordingId}
                </Link>
                {recording.problem !== undefined && (
                  <span className={classes.problem}>
                    {text.problem}: {recording.problem}
                  </span>
                )}
              </Table.Td>
              <Table.Td data-label={columns.date}>{formatDate(recording.startedAtMs, locale)}</Table.Td>
              <Table.Td className={classes.number ?? ''} data-label={columns.duration}>
                {formatDuration(recording.durationMs)}
              </Table.Td>
              <Table.Td className={classes.number ?? ''} data-label={columns.size}>
                {formatBytes(recording.bytes, locale)}
              </Table.Td>
              <Table.Td data-label={columns.people} title={recording.people.join(', ')}>
                {recording.people.join(', ')}
              </Table.Td>
              <Table.Td data-label={columns.state}>
                <StateBadge live={isLive(recording)} warn={recording.state === 'interrupted'}>
                  {text.state[recording.state]}
                </StateBadge>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
