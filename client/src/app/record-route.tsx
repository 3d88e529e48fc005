import { lazy, Suspense, useCallback, useState } from 'react';
import { RecordPage } from '../features/record/record-page.tsx';
import { useServices, useStore } from '../services/services.ts';
import type { SoloSession } from '../session/solo/solo-session.ts';
import { useText } from '../text/use-text.ts';
import { usePageTitle } from '../ui/use-page-title.ts';
import { Staying } from './staying.tsx';
import { Visit } from './visit.tsx';

const OwnRecordings = lazy(() => import('../features/archive/own-recordings.tsx'));

/** `/record`: one person, one press (P10), and below it what they have recorded. */
export default function RecordRoute() {
  const { solo: text } = useText();
  const { openSolo } = useServices();
  // Given once: another language does not make another room.
  const [roomName] = useState(text.title);
  const open = useCallback(() => openSolo(roomName), [openSolo, roomName]);
  usePageTitle(text.title);
  return <Visit open={open}>{(session) => <Alone session={session} />}</Visit>;
}

function Alone({ session }: { session: SoloSession }) {
  const { step } = useStore(session);
  const isOn = step !== 'ready' && step !== 'opening';
  return (
    <>
      <Staying isIn={isOn} isRecorded={isOn} />
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
