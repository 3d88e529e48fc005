import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useId, useState } from 'react';
import {
  countFilters,
  type Length,
  type ListFilters,
  lengths,
} from '#client/session/archive/list-filters.ts';
import { useText } from '#client/text/use-text.ts';
import { recordingSortSchema } from '#protocol/http/recordings.ts';
import classes from './recordings-list.module.css';
import { SearchBox } from './search-box.tsx';

/** Search and filters of the list; on a phone the filters, and the order, come out on demand. */
export function RecordingsFilters({
  filters,
  change,
  clear,
}: {
  filters: ListFilters;
  change: (changes: Partial<ListFilters>) => void;
  clear: () => void;
}) {
  const { archive, list: text } = useText();
  const [isOpen, setOpen] = useState(false);
  const panelId = useId();
  const active = countFilters(filters);
  return (
    <search className={classes.filters}>
      <div className={classes.searchLine}>
        <SearchBox value={filters.search} onSearch={(search) => change({ search })} />
        <ActionIcon
          className={classes.toggle ?? ''}
          size={42}
          variant={active > 0 ? 'light' : 'default'}
          aria-label={text.filters(active)}
          aria-expanded={isOpen}
          aria-controls={panelId}
          onClick={() => setOpen(!isOpen)}
        >
          <IconAdjustmentsHorizontal size={20} stroke={1.7} />
        </ActionIcon>
      </div>
      <div className={classes.panel} id={panelId} data-open={isOpen || undefined}>
        <TextInput
          type="date"
          label={text.from}
          value={filters.from ?? ''}
          max={filters.to}
          onChange={({ currentTarget }) => change({ from: currentTarget.value || undefined })}
        />
        <TextInput
          type="date"
          label={text.to}
          value={filters.to ?? ''}
          min={filters.from}
          onChange={({ currentTarget }) => change({ to: currentTarget.value || undefined })}
        />
        <NativeSelect
          label={text.length}
          value={filters.length ?? ''}
          data={[
            { value: '', label: text.lengths.any },
            ...Object.keys(lengths).map((value) => ({ value, label: text.lengths[value as Length] })),
          ]}
          onChange={({ currentTarget }) => change({ length: (currentTarget.value || undefined) as Length })}
        />
        <NativeSelect
          label={archive.columns.state}
          value={filters.state ?? ''}
          data={[
            { value: '', label: text.anyState },
            ...Object.entries(archive.state).map(([value, label]) => ({ value, label })),
          ]}
          onChange={({ currentTarget }) =>
            change({ state: (currentTarget.value || undefined) as ListFilters['state'] })
          }
        />
        <NativeSelect
          className={classes.order ?? ''}
          label={text.sort}
          value={filters.sort}
          data={recordingSortSchema.options.map((value) => ({ value, label: text.sorts[value] }))}
          onChange={({ currentTarget }) => change({ sort: currentTarget.value as ListFilters['sort'] })}
        />
        {active > 0 && (
          <Button className={classes.clear ?? ''} variant="subtle" onClick={clear}>
            {text.clear}
          </Button>
        )}
      </div>
    </search>
  );
}
