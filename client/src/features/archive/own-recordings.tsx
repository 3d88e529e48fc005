import { Link } from 'react-router';
import { formatBytes, formatDate, formatDuration } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import classes from './archive.module.css';
import { ArchiveQueries } from './archive-queries.tsx';
import { useMeetingRecordings, useRecording } from './queries.ts';
import { RecordingFiles } from './recording/recording-files.tsx';
import { RecordingActions } from './recording-actions.tsx';

/** What somebody has recorded of themselves, below the page where they do it; the one just finished is open. */
export default function OwnRecordings({
  meetingId,
  openId,
}: {
  meetingId: string;
  openId: string | undefined;
}) {
  return (
    <ArchiveQueries>
      {openId !== undefined && <Finished key={openId} recordingId={openId} />}
      <Earlier meetingId={meetingId} openId={openId} />
    </ArchiveQueries>
  );
}

function Finished({ recordingId }: { recordingId: string }) {
  const { recording: text } = useText();
  const { data } = useRecording(recordingId);
  const isEmpty = data?.manifest.files.length === 0;
  return (
    <section aria-labelledby="finished">
      <h2 className={classes.subtitle} id="finished">
        {isEmpty ? text.nothing : text.ready}
      </h2>
      {data && !isEmpty && (
        <>
          <RecordingActions recordingId={recordingId} may={data.may} isLive={false} isEmpty={false} />
          <RecordingFiles manifest={data.manifest} mayExport={data.may.includes('export')} />
        </>
      )}
    </section>
  );
}

function Earlier({ meetingId, openId }: { meetingId: string; openId: string | undefined }) {
  const { solo: text, locale } = useText();
  const { data } = useMeetingRecordings(meetingId, openId);
  const earlier = data?.recordings.filter(({ recordingId }) => recordingId !== openId) ?? [];
  if (openId !== undefined && earlier.length === 0) return null;
  return (
    <section aria-labelledby="earlier">
      <h2 className={classes.subtitle} id="earlier">
        {text.recordings}
      </h2>
      {data?.recordings.length === 0 && <p className={classes.hint}>{text.none}</p>}
      <ul className={classes.files}>
        {earlier.map(({ bytes, durationMs, recordingId, startedAtMs }) => (
          <li key={recordingId}>
            <Link className={`${classes.file} ${classes.earlier}`} to={`/admin/recordings/${recordingId}`}>
              <span className={classes.link}>{formatDate(startedAtMs, locale)}</span>
              <span className={classes.hint}>
                {formatDuration(durationMs)} · {formatBytes(bytes, locale)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
