import { Button, NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { useServices } from '#client/services/services.ts';
import { useText } from '#client/text/use-text.ts';
import { usePageTitle } from '#client/ui/use-page-title.ts';
import { auditActionSchema, listAuditQuerySchema } from '#protocol/http/audit.ts';
import page from '../archive.module.css';
import { Failed, Loading, MoreButton } from '../page-states.tsx';
import classes from './audit.module.css';
import { AuditDays } from './audit-days.tsx';

/** `/admin/audit`: who did what when. What it is narrowed to is kept in the address. */
export function AuditPage() {
  const { audit: text } = useText();
  const { archive } = useServices();
  const [address, setAddress] = useSearchParams();
  usePageTitle(text.title);
  const { action, recordingId } = filtersOf(address);
  const log = useInfiniteQuery({
    queryKey: ['audit', action, recordingId],
    queryFn: ({ pageParam }) => archive.audit({ action, recordingId, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
  });
  const entries = log.data?.pages.flatMap((one) => one.entries) ?? [];
  const narrow = (key: 'action' | 'recordingId', value: string): void => {
    // Of the address itself: what was last drawn may lag behind two changes in a row.
    const next = new URLSearchParams(window.location.search);
    if (value === '') next.delete(key);
    else next.set(key, value);
    setAddress(next, { replace: true });
  };
  return (
    <>
      <h1 className={page.title}>{text.title}</h1>
      <p className={classes.lead}>{text.lead}</p>
      <div className={classes.filters}>
        <NativeSelect
          label={text.action}
          value={action ?? ''}
          data={[
            { value: '', label: text.anyAction },
            ...auditActionSchema.options.map((value) => ({ value, label: text.did(value) })),
          ]}
          onChange={({ currentTarget }) => narrow('action', currentTarget.value)}
        />
        {recordingId !== undefined && (
          <Button variant="subtle" onClick={() => narrow('recordingId', '')}>
            {text.ofAll}
          </Button>
        )}
      </div>
      {log.error && <Failed error={log.error} retry={() => void log.refetch()} />}
      {log.isPending && <Loading />}
      {log.isSuccess && entries.length === 0 && (
        <div className={page.empty}>{address.size === 0 ? text.empty : text.noMatch}</div>
      )}
      <AuditDays entries={entries} isOfOne={recordingId !== undefined} />
      <MoreButton list={log}>{text.more}</MoreButton>
    </>
  );
}

/** What is not understood of an address counts as absent. */
function filtersOf(address: URLSearchParams) {
  const { action, recordingId } = listAuditQuerySchema.shape;
  return {
    action: action.safeParse(address.get('action') ?? undefined).data,
    recordingId: recordingId.safeParse(address.get('recordingId') ?? undefined).data,
  };
}
