import { Skeleton } from '@mantine/core';
import { type ComponentProps, lazy, Suspense } from 'react';
import classes from './recording.module.css';

const RecordingStage = lazy(() => import('./recording-stage.tsx'));

/** The player in a chunk of its own; until it is there, something of its size is. */
export function LazyRecordingStage(props: ComponentProps<typeof RecordingStage>) {
  return (
    <Suspense fallback={<StageSkeleton />}>
      <RecordingStage {...props} />
    </Suspense>
  );
}

/** As large as the player will be. */
export function StageSkeleton() {
  return <Skeleton className={classes.stageSkeleton ?? ''} radius="lg" />;
}
