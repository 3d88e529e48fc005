import { Button, Skeleton, VisuallyHidden } from '@mantine/core';
import { Fault } from '../../../../protocol/errors.ts';
import { useText } from '../../text/use-text.ts';
import { Notice } from '../../ui/notice.tsx';
import { PageFrame } from '../../ui/page-frame.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import classes from './archive.module.css';
import { useRecordings, useSession, useSignOut } from './queries.ts';
import { RecordingsTable } from './recordings-table.tsx';
import { SignIn } from './sign-in.tsx';

/** `/admin` */
export function RecordingsPage() {
  const text = useText();
  const session = useSession();
  usePageTitle(text.archive.title);
  if (session.data?.signedIn === false) return <SignIn />;
  if (session.data) return <SignedIn />;
  return (
    <PageFrame>
      <h1 className={classes.title}>{text.archive.title}</h1>
      {session.error ? <Failed error={session.error} retry={() => void session.refetch()} /> : <Loading />}
    </PageFrame>
  );
}

function SignedIn() {
  const { archive: text } = useText();
  const signOut = useSignOut();
  const list = useRecordings();
  if (list.error && ['not-signed-in', 'forbidden'].includes(Fault.from(list.error).code)) return <SignIn />;
  const recordings = list.data?.pages.flatMap((page) => page.recordings) ?? [];
  return (
    <PageFrame
      actions={
        <Button variant="subtle" color="gray" onClick={() => signOut.mutate()}>
          {text.signOut}
        </Button>
      }
    >
      <h1 className={classes.title}>{text.title}</h1>
      {list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading />}
      {list.isSuccess && recordings.length === 0 && (
        <div className={classes.empty}>
          <p>{text.empty}</p>
          <p className={classes.hint}>{text.emptyHint}</p>
        </div>
      )}
      {recordings.length > 0 && <RecordingsTable recordings={recordings} />}
      {list.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {text.more}
        </Button>
      )}
    </PageFrame>
  );
}

export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const text = useText();
  return (
    <Notice
      kind="error"
      action={
        <Button size="xs" variant="default" onClick={retry}>
          {text.archive.retry}
        </Button>
      }
    >
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
