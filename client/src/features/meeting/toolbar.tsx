import { Button } from '@mantine/core';
import {
  IconMicrophone,
  IconMicrophoneOff,
  IconPhoneOff,
  IconScreenShare,
  IconScreenShareOff,
  IconVideo,
  IconVideoOff,
} from '@tabler/icons-react';
import type { DevicesSnapshot } from '../../session/capture/input-state.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import type { MeetingSnapshot } from '../../session/meeting/meeting-state.ts';
import { useText } from '../../text/use-text.ts';
import { ToggleButton } from '../../ui/toggle-button.tsx';
import { RecordButton } from './record-button.tsx';
import classes from './toolbar.module.css';

const ICON = { size: 24, stroke: 1.7 } as const;

/** What one can do in the meeting, in the order in which it is reached by keyboard. */
export function Toolbar({
  session,
  snapshot,
  devices,
}: {
  session: MeetingSession;
  snapshot: MeetingSnapshot;
  devices: DevicesSnapshot;
}) {
  const { devices: names, meeting } = useText();
  const { camera, canShareScreen, microphone, screen } = devices;
  return (
    <section className={classes.toolbar} aria-label={meeting.toolbar}>
      <ToggleButton
        name={names.microphone}
        pressed={microphone.status === 'on'}
        busy={microphone.status === 'opening'}
        hasProblem={microphone.status === 'failed'}
        onToggle={() => void session.devices.toggleMicrophone()}
        on={<IconMicrophone {...ICON} />}
        off={<IconMicrophoneOff {...ICON} />}
      />
      <ToggleButton
        name={names.camera}
        pressed={camera.status === 'on'}
        busy={camera.status === 'opening'}
        hasProblem={camera.status === 'failed'}
        onToggle={() => void session.devices.toggleCamera()}
        on={<IconVideo {...ICON} />}
        off={<IconVideoOff {...ICON} />}
      />
      {canShareScreen && (
        <ToggleButton
          name={names.screen}
          calm
          pressed={screen.status === 'on'}
          busy={screen.status === 'opening'}
          hasProblem={screen.status === 'failed'}
          onToggle={() => void session.devices.toggleScreen()}
          on={<IconScreenShareOff {...ICON} />}
          off={<IconScreenShare {...ICON} />}
        />
      )}
      {snapshot.self?.role === 'host' && <RecordButton session={session} snapshot={snapshot} />}
      <Button
        className={classes.leave ?? ''}
        aria-label={meeting.leave}
        leftSection={<IconPhoneOff size={20} stroke={1.7} aria-hidden="true" />}
        onClick={() => session.leave()}
      >
        <span className={classes.leaveWord}>{meeting.leave}</span>
      </Button>
    </section>
  );
}
