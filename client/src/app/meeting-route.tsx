import { useCallback, useEffect, useState } from 'react';
import { useParams } from 'react-router';
import { LobbyPage } from '../features/lobby/lobby-page.tsx';
import { EndedPage } from '../features/meeting/ended-page.tsx';
import { Room } from '../features/meeting/room.tsx';
import type { MeetingSession } from '../session/meeting/meeting-session.ts';
import { useText } from '../text/use-text.ts';
import { PageFrame } from '../ui/page-frame.tsx';
import { ResultPage } from '../ui/result-page.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { useServices, useStore } from './services.ts';

/** One visit to a meeting; joining again after its end is another visit, with another session. */
export default function MeetingRoute() {
  const { meetingId = '' } = useParams();
  const [visit, setVisit] = useState(0);
  const again = useCallback(() => setVisit((count) => count + 1), []);
  return <Visit key={`${meetingId}/${visit}`} meetingId={meetingId} onAgain={again} />;
}

function Visit({ meetingId, onAgain }: { meetingId: string; onAgain: () => void }) {
  const { openMeeting } = useServices();
  const text = useText();
  const [session, setSession] = useState<MeetingSession | 'opening' | 'unsupported'>('opening');

  useEffect(() => {
    let isGone = false;
    let opened: MeetingSession | undefined;
    openMeeting(meetingId).then((session) => {
      if (isGone) return;
      opened = session;
      opened?.start();
      setSession(opened ?? 'unsupported');
    });
    const close = (): void => opened?.close();
    // Kept in the back-forward cache, the page would come back with a session that has ended.
    const comeBack = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) onAgain();
    };
    window.addEventListener('pagehide', close);
    window.addEventListener('pageshow', comeBack);
    return () => {
      isGone = true;
      window.removeEventListener('pagehide', close);
      window.removeEventListener('pageshow', comeBack);
      close();
    };
  }, [openMeeting, meetingId, onAgain]);

  if (session === 'opening') return <PageFrame>{null}</PageFrame>;
  if (session === 'unsupported') {
    return (
      <PageFrame>
        <ResultPage title={text.unsupported.title}>{text.unsupported.body}</ResultPage>
      </PageFrame>
    );
  }
  return <Meeting session={session} onAgain={onAgain} />;
}

function Meeting({ session, onAgain }: { session: MeetingSession; onAgain: () => void }) {
  const { meeting, phase } = useStore(session);
  usePageTitle(meeting.status === 'found' ? meeting.name : undefined);
  if (phase.name === 'ended') return <EndedPage session={session} onAgain={onAgain} />;
  if (phase.name === 'joined') return <Room session={session} />;
  return <LobbyPage session={session} />;
}
