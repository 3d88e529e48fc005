import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '#client/services/services.ts';
import type { Retention } from '#protocol/http/storage.ts';
import { RECORDINGS } from '../queries.ts';

export const STORAGE = ['storage'];
const PLAN = [...STORAGE, 'plan'];

/** What such rules would delete now; nothing is asked for rules that are not understood. */
export function useRetentionPlan(rules: Retention | undefined) {
  const { archive } = useServices();
  return useQuery({
    queryKey: [...PLAN, rules],
    queryFn: () => archive.planRetention(rules ?? { days: null, maxBytes: null }),
    enabled: rules !== undefined,
    placeholderData: keepPreviousData,
  });
}

export function useSetRetention() {
  const { archive } = useServices();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (rules: Retention) => archive.setRetention(rules),
    onSuccess: () => client.invalidateQueries({ queryKey: STORAGE }),
  });
}

export function useRunRetention() {
  const { archive } = useServices();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => archive.runRetention(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: RECORDINGS });
      await client.invalidateQueries({ queryKey: STORAGE });
    },
  });
}
