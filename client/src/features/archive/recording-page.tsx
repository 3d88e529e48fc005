import { Link, useParams } from 'react-router';
import { Fault } from '../../../../protocol/errors.ts';
import { useServices } from '../../app/services.ts';
import type { RecordingDetails } from '../../session/ports/archive.ts';
import { formatBytes, formatDate, formatDuration } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import { Notice } from '../../ui/notice.tsx';
import { PageFrame } from '../../ui/page-frame.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import classes from './archive.module.css';
import { FileCard } from './file-card.tsx';
import { useRecording } from './queries.ts';
import { RecordingActions } from './recording-actions.tsx';
import { Failed, Loading } from './recordings-page.tsx';
import { SignIn } from './sign-in.tsx';
import { StateBadge } from './state-badge.tsx';

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
      <Link className={classes.back} to="/admin">
        {text.back}
      </Link>
      {recording.error && <Failed error={recording.error} retry={() => void recording.refetch()} />}
      {recording.isPending && <Loading />}
      {recording.data && <Details details={recording.data} />}
    </PageFrame>
  );
}

function Details({ details: { manifest, summary, may } }: { details: RecordingDetails }) {
  const { archive: text, locale } = useText();
  const { archive } = useServices();
  const facts: [string, string][] = [
    [text.started, formatDate(manifest.startedAtMs, locale)],
    [text.stopped, manifest.stoppedAtMs ? formatDate(manifest.stoppedAtMs, locale) : text.stillOn],
    [text.columns.duration, formatDuration(summary.durationMs)],
    [text.columns.size, formatBytes(summary.bytes, locale)],
    ...(manifest.host ? [[text.host, manifest.host.name] satisfies [string, string]] : []),
    [text.people, manifest.people.map(({ name }) => name).join(', ')],
  ];
  return (
    <>
      <div className={classes.heading}>
        <h1 className={classes.title}>{manifest.meeting.name}</h1>
        <StateBadge live={manifest.state === 'recording'} warn={manifest.state === 'interrupted'}>
          {text.state[manifest.state]}
        </StateBadge>
      </div>
      <RecordingActions
        recordingId={manifest.recordingId}
        may={may}
        isLive={manifest.state === 'recording'}
      />
      <dl className={classes.facts} aria-label={text.facts}>
        {facts.map(([name, value]) => (
          <div key={name} className={classes.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
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
      <h2 className={classes.subtitle}>{text.files}</h2>
      {manifest.files.length === 0 && <p className={classes.hint}>{text.noFiles}</p>}
      <ul className={classes.files}>
        {manifest.files.map((file) => (
          <li key={file.name}>
            <FileCard
              file={file}
              urlOf={(name, options) => archive.fileUrl(manifest.recordingId, name, options)}
            />
          </li>
        ))}
      </ul>
    </>
  );
}
