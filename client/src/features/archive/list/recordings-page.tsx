import { Button, VisuallyHidden } from '@mantine/core';
import { useSearchParams } from 'react-router';
import {
  ALL_RECORDINGS,
  addressOf,
  filtersFrom,
  type ListFilters,
  queryOf,
} from '#client/session/archive/list-filters.ts';
import { useText } from '#client/text/use-text.ts';
import { usePageTitle } from '#client/ui/use-page-title.ts';
import classes from '../archive.module.css';
import { Failed, Loading, MoreButton } from '../page-states.tsx';
import { RecordingsFilters } from './recordings-filters.tsx';
import { RecordingsList } from './recordings-list.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { useRecordings } from './use-recordings.ts';
import { useSelection } from './use-selection.ts';

/** `/admin`: all recordings, found, ordered, and deleted several at once. */
export function RecordingsPage() {
  const { archive: text, list: words } = useText();
  const [filters, change] = useListFilters();
  const { list, recordings } = useRecordings(queryOf(filters));
  const selection = useSelection(recordings);
  usePageTitle(text.title);
  const isEverything = addressOf({ ...filters, sort: 'newest' }).size === 0;
  return (
    <>
      <h1 className={classes.title}>{text.title}</h1>
      <RecordingsFilters filters={filters} change={change} clear={() => change(cleared)} />
      {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading />}
      {list.isSuccess && (
        <VisuallyHidden role="status">{words.shown(recordings.length, list.hasNextPage)}</VisuallyHidden>
      )}
      {list.isSuccess && recordings.length === 0 && (
        <div className={classes.empty}>
          <p>{isEverything ? text.empty : words.noMatch}</p>
          <p className={classes.hint}>{isEverything ? text.emptyHint : words.noMatchHint}</p>
          {!isEverything && (
            <Button variant="default" mt="md" onClick={() => change({ ...ALL_RECORDINGS, ...cleared })}>
              {words.showAll}
            </Button>
          )}
        </div>
      )}
      {recordings.length > 0 && (
        <div aria-busy={list.isPlaceholderData}>
          <RecordingsList
            recordings={recordings}
            selection={selection}
            sort={filters.sort}
            onSort={(sort) => change({ sort })}
          />
        </div>
      )}
      <MoreButton list={list}>{words.more}</MoreButton>
      <SelectionBar selection={selection} />
    </>
  );
}

/** The search stays: it has a button of its own. */
const cleared = { from: undefined, to: undefined, length: undefined, state: undefined };

/** The filters of the list, kept in the address: a reload, Back and a bookmark find the same list. */
function useListFilters(): [ListFilters, (changes: Partial<ListFilters>) => void] {
  const [address, setAddress] = useSearchParams();
  const change = (changes: Partial<ListFilters>): void => {
    // Of the address itself: what was last drawn may lag behind two changes in a row.
    const now = filtersFrom(new URLSearchParams(window.location.search));
    setAddress(addressOf({ ...now, ...changes }), { replace: true });
  };
  return [filtersFrom(address), change];
}
