import { Checkbox, Table } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { formatBytes, formatDate, formatDuration } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import type { RecordingSort, RecordingSummary } from '#protocol/http/recordings.ts';
import { PinButton } from '../pin-button.tsx';
import { RecordingState } from '../state-badge.tsx';
import { RecordingCheckbox, RecordingWords } from './recording-words.tsx';
import classes from './recordings-list.module.css';
import type { Selection } from './use-selection.ts';

/** The orders of a column: as it is first pressed, and turned around. */
const orders = {
  date: ['newest', 'oldest'],
  duration: ['longest', 'shortest'],
  size: ['largest', 'smallest'],
} as const satisfies Record<string, readonly [RecordingSort, RecordingSort]>;

export interface ListProps {
  recordings: readonly RecordingSummary[];
  /** Absent where nothing can be chosen, or pinned. */
  selection?: Selection | undefined;
  /** Absent where the order cannot be changed. */
  sort?: RecordingSort | undefined;
  onSort?: (sort: RecordingSort) => void;
}

/** Recordings in rows, for where there is room. */
export function RecordingsTable({ recordings, selection, sort, onSort }: ListProps) {
  const { archive: text, list, locale } = useText();
  const { columns } = text;
  const heading = (column: keyof typeof orders) => {
    const [down, up] = orders[column];
    const direction = sort === down ? 'descending' : sort === up ? 'ascending' : 'none';
    const Chevron = direction === 'ascending' ? IconChevronUp : IconChevronDown;
    if (!onSort) return <Table.Th scope="col">{columns[column]}</Table.Th>;
    return (
      <Table.Th scope="col" aria-sort={direction}>
        <button
          type="button"
          className={classes.sort}
          onClick={() => onSort(direction === 'descending' ? up : down)}
        >
          {columns[column]}
          <Chevron className={classes.chevron} size={15} aria-hidden="true" />
        </button>
      </Table.Th>
    );
  };
  return (
    <div className={classes.card}>
      <Table className={classes.table ?? ''} aria-label={text.table} verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            {selection && (
              <Table.Th className={classes.check ?? ''}>
                <Checkbox
                  aria-label={list.selectAll}
                  checked={selection.state === 'all'}
                  indeterminate={selection.state === 'some'}
                  onChange={selection.toggleAll}
                />
              </Table.Th>
            )}
            <Table.Th scope="col">{columns.name}</Table.Th>
            {heading('date')}
            {heading('duration')}
            {heading('size')}
            <Table.Th scope="col">{columns.state}</Table.Th>
            {selection && <Table.Td aria-hidden="true" />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {recordings.map((recording) => (
            <Table.Tr
              key={recording.recordingId}
              data-chosen={selection?.has(recording.recordingId) || undefined}
            >
              {selection && (
                <Table.Td className={classes.check ?? ''}>
                  <RecordingCheckbox recording={recording} selection={selection} />
                </Table.Td>
              )}
              <Table.Td className={classes.main ?? ''}>
                <RecordingWords recording={recording} />
              </Table.Td>
              <Table.Td className={classes.number ?? ''}>
                {formatDate(recording.startedAtMs, locale)}
              </Table.Td>
              <Table.Td className={classes.number ?? ''}>{formatDuration(recording.durationMs)}</Table.Td>
              <Table.Td className={classes.number ?? ''}>{formatBytes(recording.bytes, locale)}</Table.Td>
              <Table.Td>
                <RecordingState state={recording.state} />
              </Table.Td>
              {selection && (
                <Table.Td className={classes.pin ?? ''}>
                  <PinButton recording={recording} />
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
