import { Button } from '@mantine/core';
import { IconMovie } from '@tabler/icons-react';
import { Fault } from '../../../../protocol/errors.ts';
import { useServices } from '../../app/services.ts';
import { formatDuration } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import classes from './archive.module.css';
import { useGroupExport, useRecordingAction } from './queries.ts';
import { save } from './save.ts';

/** The MP4 of everyone in one picture: asked for, followed while it is made, cancelled, tried again, saved. */
export function GroupExport({ recordingId }: { recordingId: string }) {
  const { fault, takeAway: text } = useText();
  const { archive } = useServices();
  const job = useGroupExport(recordingId).data;
  const create = useRecordingAction(() => archive.createExport(recordingId, { kind: 'group-mp4' }));
  const end = useRecordingAction((exportId: string) => archive.endExport(exportId));
  const retry = useRecordingAction((exportId: string) => archive.retryExport(exportId));
  const problem = create.error ?? end.error ?? retry.error;
  const failed = problem && (
    <span className={classes.hint} role="alert">
      {fault(Fault.from(problem).toBody())}
    </span>
  );

  if (job?.state === 'queued' || job?.state === 'running') {
    return (
      <>
        <span className={classes.hint} role="status">
          {job.state === 'queued' ? text.exportQueued : text.exporting(job.percent)}
          {job.speed !== undefined && ` · ${job.speed.toFixed(1)}×`}
          {job.leftMs !== undefined && ` · −${formatDuration(job.leftMs)}`}
        </span>
        <Button variant="default" onClick={() => end.mutate(job.exportId)}>
          {text.cancel}
        </Button>
        {failed}
      </>
    );
  }
  if (job?.state === 'complete') {
    return (
      <Button
        variant="default"
        leftSection={<IconMovie size={18} />}
        onClick={() => save(archive.exportUrl(job.exportId), job.downloadName)}
      >
        {text.exportSave}
      </Button>
    );
  }
  if (job?.state === 'failed') {
    return (
      <>
        <span className={classes.hint} role="alert">
          {text.exportFailed} {job.problem}
        </span>
        <Button variant="default" onClick={() => retry.mutate(job.exportId)}>
          {text.retry}
        </Button>
        {failed}
      </>
    );
  }
  return (
    <>
      <Button
        variant="default"
        loading={create.isPending}
        leftSection={<IconMovie size={18} />}
        onClick={() => (job ? retry.mutate(job.exportId) : create.mutate(undefined))}
      >
        {text.groupMp4}
      </Button>
      {failed}
    </>
  );
}
