import { useCallback, useState } from 'react';
import { useParams } from 'react-router';
import { LobbyPage } from '../features/lobby/lobby-page.tsx';
import { EndedPage } from '../features/meeting/ended-page.tsx';
import { Room } from '../features/meeting/room.tsx';
import { useServices, useStore } from '../services/services.ts';
import type { MeetingSession } from '../session/meeting/meeting-session.ts';
import { PageFrame } from '../ui/page-frame.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { Staying } from './staying.tsx';
import { UnsupportedPage } from './unsupported-page.tsx';
import { useVisit } from './use-visit.ts';

/** One visit to a meeting; joining again after its end is another visit, with another session. */
export default function MeetingRoute() {
  const { meetingId = '' } = useParams();
  const [visit, setVisit] = useState(0);
  const again = useCallback(() => setVisit((count) => count + 1), []);
  return <Visit key={`${meetingId}/${visit}`} meetingId={meetingId} onAgain={again} />;
}

function Visit({ meetingId, onAgain }: { meetingId: string; onAgain: () => void }) {
  const { openMeeting } = useServices();
  const open = useCallback(() => openMeeting(meetingId), [openMeeting, meetingId]);
  const session = useVisit(open, onAgain);
  if (session === 'opening') return <PageFrame>{null}</PageFrame>;
  if (session === 'unsupported') return <UnsupportedPage />;
  return <Meeting session={session} onAgain={onAgain} />;
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
