import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CreateExportBody, ExportJob } from '#protocol/http/exports.ts';
import { useServices } from '../../services/services.ts';

/** Live recordings grow: how often they are asked for. */
export const LIVE_MS = 3000;
const EXPORT_MS = 1000;

export const SESSION = ['session'];
export const RECORDINGS = ['recordings'];
export const STORAGE = ['storage'];

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

/** Of this browser, or of all. */
export function useSignOut(where: 'here' | 'everywhere') {
  const { archive } = useServices();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => (where === 'here' ? archive.signOut() : archive.signOutEverywhere()),
    onSuccess: (session) => {
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
      client.setQueryData(SESSION, session);
    },
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

/** @param latestId of the recording that was finished last: when it changes, they are asked for anew */
export function useMeetingRecordings(meetingId: string, latestId: string | undefined) {
  const { archive } = useServices();
  return useQuery({
    queryKey: [...RECORDINGS, 'of', meetingId, latestId],
    queryFn: () => archive.recordings({}, meetingId),
    placeholderData: keepPreviousData,
  });
}

/** The job that makes something of a recording, the newest one, followed closely while it is made. */
export function useExport(recordingId: string, body: CreateExportBody): ExportJob | undefined {
  const { archive } = useServices();
  const file = body.kind === 'group-mp4' ? undefined : body.file;
  const { data } = useQuery({
    queryKey: [...RECORDINGS, recordingId, 'exports'],
    queryFn: () => archive.exports(recordingId),
    refetchInterval: ({ state }) =>
      state.data?.some((job) => job.state === 'queued' || job.state === 'running') ? EXPORT_MS : false,
  });
  return data?.find((job) => job.kind === body.kind && job.file === file);
}

export function useShares(recordingId: string) {
  const { archive } = useServices();
  return useQuery({
    queryKey: [...RECORDINGS, recordingId, 'shares'],
    queryFn: () => archive.shares(recordingId),
  });
}

/** Something done to recordings, or to what `changes` names, which is asked for anew afterwards. */
export function useRecordingAction<In, Out>(act: (input: In) => Promise<Out>, changes = [RECORDINGS]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => Promise.all(changes.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
