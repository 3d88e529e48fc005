import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { type ErrorCode, Fault } from '#protocol/errors.ts';
import { useServices } from '../../services/services.ts';
import { useText } from '../../text/use-text.ts';
import { PageFrame } from '../../ui/page-frame.tsx';
import { ResultPage } from '../../ui/result-page.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import classes from './archive.module.css';
import { ArchiveQueries } from './archive-queries.tsx';
import { RecordingsList } from './list/recordings-list.tsx';
import { useRecordings } from './list/use-recordings.ts';
import { Failed, Loading, MoreButton } from './page-states.tsx';

const REFUSALS: ReadonlySet<ErrorCode> = new Set(['not-signed-in', 'forbidden', 'host-key-wrong']);

/** `/m/<meeting>/recordings`: what was recorded of one meeting, for its host, without the admin password. */
export default function MeetingRecordingsPage() {
  const { meetingId = '' } = useParams();
  return (
    <ArchiveQueries>
      <PageFrame>
        <MeetingRecordings meetingId={meetingId} />
      </PageFrame>
    </ArchiveQueries>
  );
}

function MeetingRecordings({ meetingId }: { meetingId: string }) {
  const { list: text } = useText();
  const { archive, recent } = useServices();
  // The cookie that joining gave lasts a day; the key in this browser makes it anew.
  const meeting = useQuery({
    queryKey: ['meeting', meetingId],
    queryFn: () => {
      const hostKey = recent.hostKeyOf(meetingId);
      return hostKey === undefined ? archive.meeting(meetingId) : archive.showHostKey(meetingId, hostKey);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  usePageTitle(meeting.data?.name ?? text.ofMeeting);
  if (meeting.error) return <Refused error={meeting.error} retry={() => void meeting.refetch()} />;
  return (
    <>
      <Link className={classes.back} to={`/m/${meetingId}`}>
        {text.toMeeting}
      </Link>
      <h1 className={classes.title}>{meeting.data ? meeting.data.name : text.ofMeeting}</h1>
      {meeting.data ? <RecordingsOf meetingId={meetingId} /> : <Loading />}
    </>
  );
}

function RecordingsOf({ meetingId }: { meetingId: string }) {
  const { list: text } = useText();
  const { list, recordings } = useRecordings({}, meetingId);
  return (
    <>
      {list.error && <Refused error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading />}
      {list.isSuccess && recordings.length === 0 && <p className={classes.empty}>{text.noneOfMeeting}</p>}
      {recordings.length > 0 && <RecordingsList recordings={recordings} />}
      <MoreButton list={list}>{text.more}</MoreButton>
    </>
  );
}

/** Somebody else than the host, or a failure. */
function Refused({ error, retry }: { error: unknown; retry: () => void }) {
  const { archive, list: text } = useText();
  if (!REFUSALS.has(Fault.from(error).code)) return <Failed error={error} retry={retry} />;
  return (
    <ResultPage
      title={text.hostOnly}
      actions={
        <Button component={Link} to="/admin">
          {archive.signIn}
        </Button>
      }
    >
      {text.hostOnlyBody}
    </ResultPage>
  );
}
