import { Button, Skeleton, VisuallyHidden } from '@mantine/core';
import { Fault } from '#protocol/errors.ts';
import { useText } from '../../text/use-text.ts';
import { Notice } from '../../ui/notice.tsx';
import classes from './archive.module.css';

/** In place of what could not be fetched: why, and another try. */
export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const text = useText();
  return (
    <Notice kind="error" button={{ words: text.archive.retry, press: retry }}>
      {text.fault(Fault.from(error).toBody())}
    </Notice>
  );
}

/** As tall as the first rows will be. */
export function Loading() {
  const { archive: text } = useText();
  return (
    <div className={classes.skeletons}>
      <VisuallyHidden role="status">{text.loading}</VisuallyHidden>
      {['a', 'b', 'c', 'd'].map((key) => (
        <Skeleton key={key} height={56} radius="md" />
      ))}
    </div>
  );
}

/** Fetches the next page of a list that is read page by page; nothing on the last one. */
export function MoreButton({
  list,
  children,
}: {
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
  children: string;
}) {
  if (!list.hasNextPage) return null;
  return (
    <Button
      variant="default"
      mt="md"
      loading={list.isFetchingNextPage}
      onClick={() => void list.fetchNextPage()}
    >
      {children}
    </Button>
  );
}
