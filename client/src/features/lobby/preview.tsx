import { IconMicrophoneOff, IconVideo, IconVideoOff } from '@tabler/icons-react';
import { LiveMicrophone } from '../../devices/live-microphone.tsx';
import { type DevicesSnapshot, trackOf } from '../../session/capture/input-state.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import { useText } from '../../text/use-text.ts';
import { Picture } from '../../ui/media-elements.tsx';
import { ToggleButton } from '../../ui/toggle-button.tsx';
import classes from './lobby-page.module.css';

/** One's own picture as the others will see it (mirrored), and the two toggles. */
export function Preview({ session, devices }: { session: MeetingSession; devices: DevicesSnapshot }) {
  const text = useText();
  const { camera, microphone } = devices;
  const track = trackOf(camera);
  return (
    <div className={classes.preview}>
      {track ? (
        <Picture track={track} mirrored />
      ) : (
        <p className={classes.placeholder}>
          {camera.status === 'opening' ? text.lobby.cameraOpening : text.lobby.cameraOff}
        </p>
      )}
      <div className={classes.toggles}>
        <ToggleButton
          name={text.devices.microphone}
          pressed={microphone.status === 'on'}
          busy={microphone.status === 'opening'}
          hasProblem={microphone.status === 'failed'}
          onToggle={() => void session.devices.toggleMicrophone()}
          on={<LiveMicrophone track={trackOf(microphone)} />}
          off={<IconMicrophoneOff size={24} stroke={1.7} />}
        />
        <ToggleButton
          name={text.devices.camera}
          pressed={camera.status === 'on'}
          busy={camera.status === 'opening'}
          hasProblem={camera.status === 'failed'}
          onToggle={() => void session.devices.toggleCamera()}
          on={<IconVideo size={24} stroke={1.7} />}
          off={<IconVideoOff size={24} stroke={1.7} />}
        />
      </div>
    </div>
  );
}
