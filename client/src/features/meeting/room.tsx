import { useEffect, useMemo, useState } from 'react';
import { useStore } from '../../services/services.ts';
import { speakerOf } from '../../session/capture/input-state.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import { Stage } from '../../session/stage/stage.ts';
import { useText } from '../../text/use-text.ts';
import { ConsentDialog } from '../../ui/consent-dialog.tsx';
import { QuestionDialog } from '../../ui/question-dialog.tsx';
import { ChatPanel } from './chat-panel.tsx';
import { RoomControls } from './controls/room-controls.tsx';
import type { Panel } from './controls/toolbar.tsx';
import { HostPanel } from './host-panel.tsx';
import { MessageList } from './message-list.tsx';
import { PeoplePanel } from './people-panel.tsx';
import classes from './room.module.css';
import { RoomHeader } from './room-header.tsx';
import { RoomNotices } from './room-notices.tsx';
import { RemoteSound } from './stage/remote-sound.tsx';
import { followed } from './stage/scene.ts';
import { StageView } from './stage/stage-view.tsx';
import { soundsOf, tilesOf } from './stage/tiles.ts';

/** `/m/<meeting>` once joined. */
export function Room({ session }: { session: MeetingSession }) {
  const text = useText();
  const snapshot = useStore(session);
  const devices = useStore(session.devices);
  const media = useStore(session.media.incoming);
  const [stage] = useState(() => new Stage());
  useEffect(() => stage.follow(session), [stage, session]);
  const [panel, setPanel] = useState<Panel>();
  const toggle = (wanted: Panel): void => setPanel(panel === wanted ? undefined : wanted);
  const closePanel = (): void => setPanel(undefined);
  const { consent, handRaisedAtMs, messages, people, recording, room, self } = snapshot;
  const tiles = useMemo(
    () => tilesOf(self, devices, people, media, room, handRaisedAtMs !== undefined),
    [self, devices, people, media, room, handRaisedAtMs],
  );
  const sounds = useMemo(() => soundsOf(people, media), [people, media]);
  const isHostRecording = self?.role === 'host' && recording.status !== 'off';
  const { pinned } = useStore(stage);
  const picture = useMemo(() => followed(tiles, pinned, room.dominant), [tiles, pinned, room.dominant]);

  return (
    <div className={classes.room}>
      <RoomHeader session={session} snapshot={snapshot} devices={devices} panel={panel} onPanel={toggle} />
      <main className={classes.main}>
        <div className={classes.notices}>
          <RoomNotices session={session} snapshot={snapshot} devices={devices} />
          <RemoteSound sounds={sounds} speaker={speakerOf(devices)} />
          {people.length === 0 && <p className={classes.alone}>{text.meeting.alone}</p>}
        </div>
        <div className={classes.body}>
          <div className={classes.pictures}>
            <StageView stage={stage} tiles={tiles} incoming={session.media.incoming} />
            <MessageList
              session={session}
              messages={panel === 'chat' ? messages.filter(({ kind }) => kind !== 'chat') : messages}
            />
          </div>
          {isHostRecording && panel === 'recording' && <HostPanel snapshot={snapshot} onClose={closePanel} />}
          {panel === 'chat' && <ChatPanel session={session} snapshot={snapshot} onClose={closePanel} />}
          {panel === 'people' && (
            <PeoplePanel session={session} stage={stage} snapshot={snapshot} onClose={closePanel} />
          )}
        </div>
      </main>
      <RoomControls
        session={session}
        snapshot={snapshot}
        devices={devices}
        stage={stage}
        followed={picture}
        panel={panel}
        onPanel={toggle}
      />
      <QuestionDialog
        opened={room.hostOffered}
        title={text.people.offerTitle}
        body={text.people.offerBody}
        yes={text.people.offerAccept}
        no={text.people.offerDecline}
        onYes={() => void session.answerHostOffer(true)}
        onNo={() => void session.answerHostOffer(false)}
      />
      <ConsentDialog
        opened={consent === 'pending' && recording.status !== 'off'}
        onAnswer={(answer) => void session.answerConsent(answer)}
      />
    </div>
  );
}
