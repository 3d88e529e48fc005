import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useServices } from '#client/services/services.ts';
import { liveKey, withLive } from '#client/session/archive/live-list.ts';
import type { RecordingsQuery } from '#client/session/ports/archive.ts';
import { MAX_RECORDINGS_PAGE_SIZE } from '#protocol/http/recordings.ts';
import { LIVE_MS, RECORDINGS } from '../queries.ts';

/**
 * The recordings that a query names, page after page, those being made on top as they are now. While an answer to
 * another query is awaited, the one before stays.
 * @param meetingId only of this meeting
 */
export function useRecordings(query: RecordingsQuery, meetingId?: string) {
  const { archive } = useServices();
  const key = [...RECORDINGS, 'list', meetingId, query];
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => archive.recordings({ ...query, cursor: pageParam }, meetingId),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
  });
  const live = useQuery({
    queryKey: [...key, 'live'],
    queryFn: async () => {
      const growing = { ...query, state: 'recording', limit: MAX_RECORDINGS_PAGE_SIZE } as const;
      return (await archive.recordings(growing, meetingId)).recordings;
    },
    enabled: list.isSuccess && !list.isPlaceholderData && (query.state ?? 'recording') === 'recording',
    refetchInterval: LIVE_MS,
  }).data;

  const listed = list.data?.pages.flatMap((page) => page.recordings) ?? [];
  const hasChanged = live !== undefined && liveKey(live) !== liveKey(listed);
  const { refetch } = list;
  useEffect(() => {
    if (hasChanged) void refetch();
  }, [hasChanged, refetch]);
  return { list, recordings: live ? withLive(listed, live) : listed };
}
