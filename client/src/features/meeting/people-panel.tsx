import { Button, NativeSelect } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconHandStop, IconMicrophoneOff } from '@tabler/icons-react';
import type { Admission } from '#protocol/meeting-state.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import type { MeetingSnapshot } from '../../session/meeting/meeting-state.ts';
import type { Stage } from '../../session/stage/stage.ts';
import { useText } from '../../text/use-text.ts';
import { QuestionDialog } from '../../ui/question-dialog.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import classes from './people-panel.module.css';
import { PersonMenu } from './person-menu.tsx';
import { WaitingList } from './waiting-list.tsx';

const ADMISSIONS: readonly Admission[] = ['open', 'waiting-room', 'locked'];

/** Who is here, hands first; for the host, who may come in, and what can be done for each. */
export function PeoplePanel({
  session,
  stage,
  snapshot,
  onClose,
}: {
  session: MeetingSession;
  stage: Stage;
  snapshot: MeetingSnapshot;
  onClose: () => void;
}) {
  const { people: text, meeting } = useText();
  const [isEnding, ending] = useDisclosure();
  const { handRaisedAtMs, people, room, self } = snapshot;
  const isHost = self?.role === 'host';
  const never = Number.POSITIVE_INFINITY;
  const sorted = people.toSorted((a, b) => (a.handRaisedAtMs ?? never) - (b.handRaisedAtMs ?? never) || 0);
  return (
    <SidePanel title={text.title} closeLabel={text.close} onClose={onClose}>
      <div className={classes.scroll}>
        {isHost && <WaitingList session={session} waiting={room.waiting} />}
        <ul className={classes.list}>
          {self && (
            <li className={classes.person}>
              <span className={classes.name}>{meeting.you(self.name)}</span>
              {handRaisedAtMs !== undefined && (
                <IconHandStop size={18} role="img" aria-label={meeting.handUp} />
              )}
              {isHost && <span className={classes.role}>{text.host}</span>}
            </li>
          )}
          {sorted.map((person) => (
            <li key={person.connectionId} className={classes.person}>
              <span className={classes.name}>{person.name}</span>
              {person.handRaisedAtMs !== undefined && (
                <IconHandStop size={18} role="img" aria-label={meeting.handUp} />
              )}
              {!person.producers.some(({ paused, source }) => source === 'microphone' && !paused) && (
                <IconMicrophoneOff className={classes.off} size={18} role="img" aria-label={meeting.muted} />
              )}
              {person.role === 'host' && <span className={classes.role}>{text.host}</span>}
              <PersonMenu session={session} stage={stage} person={person} isHost={isHost} />
            </li>
          ))}
        </ul>
      </div>
      {isHost && (
        <div className={classes.host}>
          <NativeSelect
            label={text.admission}
            data={ADMISSIONS.map((value) => ({ value, label: text.admissions[value] }))}
            value={room.admission}
            onChange={(event) => void session.host.setAdmission(event.currentTarget.value as Admission)}
          />
          <Button variant="default" onClick={ending.open}>
            {text.endMeeting}
          </Button>
          <QuestionDialog
            opened={isEnding}
            title={text.endTitle}
            body={text.endBody}
            yes={text.end}
            no={text.cancel}
            onClose={ending.close}
            onYes={() => void session.host.endMeeting()}
          />
        </div>
      )}
    </SidePanel>
  );
}
