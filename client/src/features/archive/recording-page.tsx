import { Link, useParams } from 'react-router';
import { Fault } from '#protocol/errors.ts';
import type { RecordingSummary } from '#protocol/http/recordings.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { RecordingDetails } from '../../session/ports/archive.ts';
import { formatBytes, formatDate, formatDuration } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import { Notice } from '../../ui/notice.tsx';
import { PageFrame } from '../../ui/page-frame.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import { SignIn } from './account/sign-in.tsx';
import classes from './archive.module.css';
import { Failed, Loading } from './page-states.tsx';
import { PinButton } from './pin-button.tsx';
import { useRecording } from './queries.ts';
import { ConsentLedger, PeoplePanel } from './recording/people-panel.tsx';
import page from './recording/recording.module.css';
import { RecordingFiles } from './recording/recording-files.tsx';
import { RecordingActions } from './recording-actions.tsx';
import { RecordingState } from './state-badge.tsx';

/** `/admin/recordings/<id>`; also for the meeting's host, whom a cookie of the meeting lets in. */
export function RecordingPage() {
  const { recordingId = '' } = useParams();
  const { archive: text } = useText();
  const recording = useRecording(recordingId);
  usePageTitle(recording.data?.manifest.meeting.name ?? text.title);
  if (recording.error && ['not-signed-in', 'forbidden'].includes(Fault.from(recording.error).code)) {
    return <SignIn />;
  }
  return (
    <PageFrame>
      <BackLink details={recording.data} />
      {recording.error && <Failed error={recording.error} retry={() => void recording.refetch()} />}
      {recording.isPending && <Loading />}
      {recording.data && <Details details={recording.data} />}
    </PageFrame>
  );
}

function Details({ details: { manifest, summary, may } }: { details: RecordingDetails }) {
  const { archive: text, locale } = useText();
  const { recordingId } = manifest;
  const isLive = manifest.state === 'recording';
  return (
    <>
      <div className={classes.heading}>
        <h1 className={classes.title}>{manifest.meeting.name}</h1>
        <RecordingState state={manifest.state} />
        {may.includes('pin') && <PinButton recording={summary} />}
      </div>
      <RecordingFacts manifest={manifest} summary={summary} />
      <RecordingActions
        recordingId={recordingId}
        may={may}
        isLive={isLive}
        isEmpty={manifest.files.length === 0}
      />
      {manifest.problems.length > 0 && (
        <Notice kind="warning">
          <strong>{text.problems}</strong>
          <ul className={classes.problems}>
            {manifest.problems.map(({ atMs, code, message }) => (
              <li key={`${atMs}/${code}`}>
                {formatDate(atMs, locale)}: {message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {manifest.files.length === 0 && <p className={classes.hint}>{text.noFiles}</p>}
      <RecordingFiles manifest={manifest} mayExport={may.includes('export')} />
      <div className={page.panels}>
        <PeoplePanel manifest={manifest} mayErase={may.includes('delete') && !isLive} />
        <ConsentLedger manifest={manifest} />
      </div>
    </>
  );
}

/** From a recording to the others: to all of them, or for a meeting's host to those of the meeting. */
function BackLink({ details }: { details: RecordingDetails | undefined }) {
  const { archive, recording } = useText();
  const isAdmin = details?.may.includes('delete') ?? true;
  return (
    <Link className={classes.back} to={isAdmin ? '/admin' : `/m/${details?.manifest.meeting.id}/recordings`}>
      {isAdmin ? archive.back : recording.all}
    </Link>
  );
}

/** When it was, how long, how large, and who was there: what one reads first. */
function RecordingFacts({ manifest, summary }: { manifest: Manifest; summary: RecordingSummary }) {
  const { archive: text, locale } = useText();
  const isLive = manifest.state === 'recording';
  const facts: [string, string][] = [
    [text.started, formatDate(manifest.startedAtMs, locale)],
    [text.columns.duration, formatDuration(summary.durationMs) + (isLive ? `, ${text.stillOn}` : '')],
    [text.columns.size, formatBytes(summary.bytes, locale)],
    ...(manifest.host ? [[text.host, manifest.host.name] satisfies [string, string]] : []),
    [text.people, [...new Set(manifest.people.map(({ name }) => name))].join(', ')],
  ];
  return (
    <dl className={page.facts} aria-label={text.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
