import { useSearchParams } from 'react-router';
import { addressOf, filtersFrom, type ListFilters } from '#client/session/archive/list-filters.ts';

/** The filters of the list, kept in the address: a reload, Back and a bookmark find the same list. */
export function useListFilters(): [ListFilters, (changes: Partial<ListFilters>) => void] {
  const [address, setAddress] = useSearchParams();
  const change = (changes: Partial<ListFilters>): void => {
    // Of the address itself: what was last drawn may lag behind two changes in a row.
    const now = filtersFrom(new URLSearchParams(window.location.search));
    setAddress(addressOf({ ...now, ...changes }), { replace: true });
  };
  return [filtersFrom(address), change];
}
