import { Button } from '@mantine/core';
import { IconScreenShare } from '@tabler/icons-react';
import type { DevicesSnapshot } from '../../session/capture/input-state.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import type { MeetingSnapshot } from '../../session/meeting/meeting-state.ts';
import { useText } from '../../text/use-text.ts';
import type { Panel } from './controls/toolbar.tsx';
import { InviteButton } from './invite-button.tsx';
import { OwnRecording } from './own-recording.tsx';
import { RecordingLight } from './recording-light.tsx';
import classes from './room.module.css';

/** Which meeting this is, what is recorded of it, and what one shows of oneself. */
export function RoomHeader({
  session,
  snapshot,
  devices,
  panel,
  onPanel,
}: {
  session: MeetingSession;
  snapshot: MeetingSnapshot;
  devices: DevicesSnapshot;
  panel: Panel | undefined;
  onPanel: (panel: Panel) => void;
}) {
  const text = useText();
  const { connection, meeting, people, progress, recording, self } = snapshot;
  const recorded = progress.filter(({ state }) => state === 'recording').length;
  return (
    <header className={classes.header}>
      <div className={classes.about}>
        <h1 className={classes.title}>{meeting.status === 'found' ? meeting.name : ''}</h1>
        <span className={classes.count}>{text.meeting.people(people.length + 1)}</span>
      </div>
      <RecordingLight recording={recording} isConnected={connection.status === 'connected'} />
      {self?.role === 'host' && recording.status !== 'off' && (
        <Button
          size="xs"
          variant="default"
          aria-expanded={panel === 'recording'}
          onClick={() => onPanel('recording')}
        >
          {text.recording.panelCount(recorded, people.length + 1)}
        </Button>
      )}
      <OwnRecording session={session} snapshot={snapshot} devices={devices} />
      {devices.screen.status === 'on' && (
        // Nobody forgets that their screen is seen, and everybody finds where that ends.
        <div className={classes.sharing} role="status">
          <IconScreenShare size={18} stroke={1.7} aria-hidden="true" />
          <span>{text.controls.sharing}</span>
          <Button size="compact-sm" onClick={() => void session.devices.switchOff('screen')}>
            {text.controls.stopSharing}
          </Button>
        </div>
      )}
      <div className={classes.end}>
        <InviteButton meetingId={snapshot.meetingId} />
      </div>
    </header>
  );
}
