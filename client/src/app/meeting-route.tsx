import { useCallback } from 'react';
import { useParams } from 'react-router';
import { LobbyPage } from '../features/lobby/lobby-page.tsx';
import { EndedPage } from '../features/meeting/ended-page.tsx';
import { Room } from '../features/meeting/room.tsx';
import { useServices, useStore } from '../services/services.ts';
import type { MeetingSession } from '../session/meeting/meeting-session.ts';
import { usePageTitle } from '../ui/use-page-title.ts';
import { Staying } from './staying.tsx';
import { Visit } from './visit.tsx';

/** One visit to a meeting; joining again after its end is another visit. */
export default function MeetingRoute() {
  const { meetingId = '' } = useParams();
  const { openMeeting } = useServices();
  const open = useCallback(() => openMeeting(meetingId), [openMeeting, meetingId]);
  return (
    <Visit key={meetingId} open={open}>
      {(session, again) => <Meeting session={session} onAgain={again} />}
    </Visit>
  );
}

function Meeting({ session, onAgain }: { session: MeetingSession; onAgain: () => void }) {
  const { consent, meeting, phase, recording } = useStore(session);
  usePageTitle(meeting.status === 'found' ? meeting.name : undefined);
  if (phase.name === 'ended') return <EndedPage session={session} onAgain={onAgain} />;
  const isIn = phase.name === 'joined';
  return (
    <>
      <Staying
        isIn={isIn || phase.name === 'waiting'}
        isRecorded={isIn && consent === 'accepted' && recording.status !== 'off'}
      />
      {isIn ? <Room session={session} /> : <LobbyPage session={session} />}
    </>
  );
}
