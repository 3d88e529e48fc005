import {
  type InfiniteData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useServices } from '../../app/services.ts';
import type { RecordingsPage } from '../../session/ports/archive.ts';

/** Live recordings grow: how often they are asked for. */
const LIVE_MS = 3000;
const IDLE_MS = 15_000;

const SESSION = ['session'];
const RECORDINGS = ['recordings'];

export function useSession() {
  const { archive } = useServices();
  return useQuery({ queryKey: SESSION, queryFn: () => archive.session() });
}

/** Signing in and out changes what everything else answers. */
export function useSignIn() {
  const { archive } = useServices();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (password: string) => archive.signIn(password),
    onSuccess: (session) => {
      client.setQueryData(SESSION, session);
      return client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
    },
  });
}

export function useSignOut() {
  const { archive } = useServices();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => archive.signOut(),
    onSuccess: (session) => {
      client.removeQueries({ queryKey: RECORDINGS });
      client.setQueryData(SESSION, session);
    },
  });
}

export function useRecordings() {
  const { archive } = useServices();
  return useInfiniteQuery({
    queryKey: RECORDINGS,
    queryFn: ({ pageParam }) => archive.recordings(pageParam || undefined),
    initialPageParam: '',
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: ({ state }) => (hasLive(state.data) ? LIVE_MS : IDLE_MS),
  });
}

export function useRecording(recordingId: string) {
  const { archive } = useServices();
  return useQuery({
    queryKey: [...RECORDINGS, recordingId],
    queryFn: () => archive.recording(recordingId),
    refetchInterval: ({ state }) => (state.data?.summary.state === 'recording' ? LIVE_MS : false),
  });
}

function hasLive(data: InfiniteData<RecordingsPage> | undefined): boolean {
  return data?.pages.some((page) => page.recordings.some(({ state }) => state === 'recording')) ?? false;
}
