import {
  IconMicrophone,
  IconMicrophoneFilled,
  IconMicrophoneOff,
  IconVideo,
  IconVideoOff,
} from '@tabler/icons-react';
import { useSoundLevel } from '../services/services.ts';
import { type DevicesSnapshot, trackOf } from '../session/capture/input-state.ts';
import type { LocalDevices } from '../session/capture/local-devices.ts';
import { useText } from '../text/use-text.ts';
import { ToggleButton } from '../ui/toggle-button.tsx';
import classes from './device-toggles.module.css';

const ICON = { size: 24, stroke: 1.7 } as const;

/** Microphone and camera, on or off. */
export function DeviceToggles({ devices, snapshot }: { devices: LocalDevices; snapshot: DevicesSnapshot }) {
  const { devices: names } = useText();
  const { camera, microphone } = snapshot;
  return (
    <>
      <ToggleButton
        name={names.microphone}
        {...toggleOf(microphone)}
        onToggle={() => void devices.toggleMicrophone()}
        on={<LiveMicrophone track={trackOf(microphone)} />}
        off={<IconMicrophoneOff {...ICON} />}
      />
      <ToggleButton
        name={names.camera}
        {...toggleOf(camera)}
        onToggle={() => void devices.toggleCamera()}
        on={<IconVideo {...ICON} />}
        off={<IconVideoOff {...ICON} />}
      />
    </>
  );
}

/** How the toggle of a device looks. */
export function toggleOf({ status }: DevicesSnapshot['camera' | 'screen']) {
  return { pressed: status === 'on', busy: status === 'opening', hasProblem: status === 'failed' };
}

/** A microphone that fills as the sound gets louder. It is drawn by itself, since it changes many times a second. */
function LiveMicrophone({ track }: { track: MediaStreamTrack | undefined }) {
  const level = useSoundLevel(track);
  return (
    <span className={classes.microphone}>
      <IconMicrophone {...ICON} />
      <span
        className={classes.fill}
        data-sounding={level > 0 || undefined}
        style={{ '--level': level } as React.CSSProperties}
      >
        <IconMicrophoneFilled size={ICON.size} />
      </span>
    </span>
  );
}
