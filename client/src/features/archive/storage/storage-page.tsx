import { useQuery } from '@tanstack/react-query';
import { useServices } from '#client/services/services.ts';
import { formatBytes } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { Notice } from '#client/ui/notice.tsx';
import { usePageTitle } from '#client/ui/use-page-title.ts';
import page from '../archive.module.css';
import { Failed, Loading } from '../page-states.tsx';
import { STORAGE } from '../queries.ts';
import { DiskFacts } from './disk-facts.tsx';
import { RetentionCard } from './retention-card.tsx';
import classes from './storage.module.css';
import { UsePlot } from './use-plot.tsx';

const REFRESH_MS = 30_000;
/** Begun ones count. */
const hours = (ms: number) => Math.ceil(ms / 3_600_000);

/** `/admin/storage`: how full the disk is, what was added when, and what is deleted by rules. */
export function StoragePage() {
  const { locale, storage: text } = useText();
  const { archive } = useServices();
  usePageTitle(text.title);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: STORAGE,
    queryFn: () => archive.storage(),
    refetchInterval: REFRESH_MS,
  });
  return (
    <>
      <h1 className={page.title}>{text.title}</h1>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {isPending && <Loading />}
      {data && (
        <div className={classes.cards}>
          {data.disk.freeBytes < data.minFreeBytes && (
            <Notice kind="error">{text.fullNow(formatBytes(data.minFreeBytes, locale))}</Notice>
          )}
          {data.clockJump && (
            <Notice kind="warning">
              {text.clockJumped(hours(data.clockJump.byMs), hours(data.clockJump.leftMs))}
            </Notice>
          )}
          <DiskFacts use={data} />
          <UsePlot days={data.days} />
          <RetentionCard inForce={data.retention} />
        </div>
      )}
    </>
  );
}
