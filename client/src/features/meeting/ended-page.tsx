import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { useServices, useStore } from '../../services/services.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import { useText } from '../../text/use-text.ts';
import { PageFrame } from '../../ui/page-frame.tsx';
import { ResultPage } from '../../ui/result-page.tsx';

/** How the visit ended, and the way back in where there is one. */
export function EndedPage({ session, onAgain }: { session: MeetingSession; onAgain: () => void }) {
  const text = useText();
  const { finishedRecordingId, meetingId, phase } = useStore(session);
  const { recent } = useServices();
  const mayOpen = recent.hostKeyOf(meetingId) !== undefined;
  if (phase.name !== 'ended') return null;
  const { title, body } = text.ended[phase.reason];
  const heading = phase.reason === 'refused' && phase.error ? text.ended.failed : title;
  const mayReturn = phase.reason !== 'removed' && phase.reason !== 'meeting-ended';
  return (
    <PageFrame>
      <ResultPage
        title={heading}
        actions={
          <>
            {mayReturn && <Button onClick={onAgain}>{text.ended.rejoin}</Button>}
            {mayOpen && finishedRecordingId !== undefined && (
              <Button component={Link} to={`/admin/recordings/${finishedRecordingId}`} variant="light">
                {text.recording.open}
              </Button>
            )}
            {mayOpen && (
              <Button component={Link} to={`/m/${meetingId}/recordings`} variant="default">
                {text.recording.all}
              </Button>
            )}
            <Button component={Link} to="/" variant="default">
              {text.ended.home}
            </Button>
          </>
        }
      >
        <p role="status">{phase.error ? text.fault(phase.error) : body}</p>
      </ResultPage>
    </PageFrame>
  );
}
