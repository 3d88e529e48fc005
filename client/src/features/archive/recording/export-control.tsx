import { Button } from '@mantine/core';
import { IconDownload, IconMovie, IconMusic } from '@tabler/icons-react';
import { useServices } from '#client/services/services.ts';
import { formatDuration } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { Fault } from '#protocol/errors.ts';
import type { CreateExportBody, FileExportKind } from '#protocol/http/exports.ts';
import type { ManifestFile } from '#protocol/manifest.ts';
import { useExport, useRecordingAction } from '../queries.ts';
import { save } from '../save.ts';
import classes from './export-control.module.css';

/** Something made from a recording: asked for, followed while it is made, cancelled, tried again, saved. */
export function ExportControl({
  recordingId,
  body,
  make,
  keep,
}: {
  recordingId: string;
  /** What is to be made. */
  body: CreateExportBody;
  /** The words on the button that asks for it, and on the one that saves it. */
  make: string;
  keep: string;
}) {
  const text = useText();
  const { takeAway } = text;
  const { archive } = useServices();
  const job = useExport(recordingId, body);
  const create = useRecordingAction(() => archive.createExport(recordingId, body));
  const end = useRecordingAction((exportId: string) => archive.endExport(exportId));
  const retry = useRecordingAction((exportId: string) => archive.retryExport(exportId));
  const cause = create.error ?? end.error ?? retry.error;
  const problem = cause ? text.fault(Fault.from(cause).toBody()) : undefined;

  if (job?.state === 'queued' || job?.state === 'running') {
    const left = job.leftMs === undefined ? '' : ` · −${formatDuration(job.leftMs)}`;
    const speed = job.speed === undefined ? '' : ` · ${job.speed.toFixed(1)}×`;
    return (
      <span className={classes.making}>
        <progress className={classes.progress} max={100} value={job.percent} aria-label={make} />
        <span className={classes.words}>
          {job.state === 'queued' ? takeAway.exportQueued : `${Math.floor(job.percent)} %${speed}${left}`}
        </span>
        <Button variant="subtle" size="compact-sm" onClick={() => end.mutate(job.exportId)}>
          {takeAway.cancel}
        </Button>
        <Problem words={problem} />
      </span>
    );
  }
  if (job?.state === 'complete') {
    return (
      <Button
        variant="light"
        leftSection={<IconDownload size={18} />}
        onClick={() => save(archive.exportUrl(job.exportId), job.downloadName)}
      >
        {keep}
      </Button>
    );
  }
  const hasFailed = job?.state === 'failed';
  const Icon = body.kind === 'audio' || body.kind === 'audio-aac' ? IconMusic : IconMovie;
  return (
    <span className={classes.making}>
      <Problem words={hasFailed ? `${takeAway.exportFailed} ${job.problem ?? ''}` : problem} />
      <Button
        variant="default"
        loading={create.isPending || retry.isPending}
        leftSection={<Icon size={18} />}
        onClick={() => (job ? retry.mutate(job.exportId) : create.mutate(undefined))}
      >
        {hasFailed ? takeAway.retry : make}
      </Button>
    </span>
  );
}

function Problem({ words }: { words: string | undefined }) {
  return words === undefined ? null : (
    <span className={classes.words} role="alert">
      {words}
    </span>
  );
}

/** What a file can be turned into, for programs that do not play FLV. */
export function FileExports({ recordingId, file }: { recordingId: string; file: ManifestFile }) {
  const { report: text } = useText();
  return kindsOf(file).map((kind) => (
    <ExportControl
      key={kind}
      recordingId={recordingId}
      body={{ kind, file: file.name }}
      make={kind === 'mp4' && file.audio.codec === 'opus' ? text.makeKept : text.make[kind]}
      keep={text.save[kind]}
    />
  ));
}

/** Of one that keeps Opus first what every player takes. */
function kindsOf({ audio }: ManifestFile): readonly FileExportKind[] {
  return audio.codec === 'aac' ? ['mp4', 'audio'] : ['flv-aac', 'mp4-aac', 'audio-aac', 'mp4'];
}
