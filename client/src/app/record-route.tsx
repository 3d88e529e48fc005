import { lazy, Suspense, useCallback, useState } from 'react';
import { RecordPage } from '../features/record/record-page.tsx';
import { useServices, useStore } from '../services/services.ts';
import type { SoloSession } from '../session/solo/solo-session.ts';
import { useText } from '../text/use-text.ts';
import { PageFrame } from '../ui/page-frame.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { Staying } from './staying.tsx';
import { UnsupportedPage } from './unsupported-page.tsx';
import { useVisit } from './use-visit.ts';

const OwnRecordings = lazy(() => import('../features/archive/own-recordings.tsx'));

/** `/record`: one person, one press (P10), and below it what they have recorded. */
export default function RecordRoute() {
  const [visit, setVisit] = useState(0);
  const again = useCallback(() => setVisit((count) => count + 1), []);
  return <Visit key={visit} onAgain={again} />;
}

function Visit({ onAgain }: { onAgain: () => void }) {
  const { solo: text } = useText();
  const { openSolo } = useServices();
  // Given once: another language does not make another room.
  const [roomName] = useState(text.title);
  const open = useCallback(() => openSolo(roomName), [openSolo, roomName]);
  const session = useVisit(open, onAgain);
  usePageTitle(text.title);
  if (session === 'opening') return <PageFrame>{null}</PageFrame>;
  if (session === 'unsupported') return <UnsupportedPage />;
  return (
    <>
      <StayingAlone session={session} />
      <RecordPage
        session={session}
        recordings={(meetingId, finishedRecordingId) => (
          <Suspense fallback={null}>
            <OwnRecordings meetingId={meetingId} openId={finishedRecordingId} />
          </Suspense>
        )}
      />
    </>
  );
}

function StayingAlone({ session }: { session: SoloSession }) {
  const { step } = useStore(session);
  const isOn = step !== 'ready' && step !== 'opening';
  return <Staying isIn={isOn} isRecorded={isOn} />;
}
