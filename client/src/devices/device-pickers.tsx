import type { DevicesSnapshot } from '../session/capture/input-state.ts';
import { trackOf } from '../session/capture/input-state.ts';
import type { LocalDevices } from '../session/capture/local-devices.ts';
import type { ChosenKind } from '../session/ports/capture.ts';
import { useText } from '../text/use-text.ts';
import { DevicePicker } from '../ui/device-picker.tsx';
import classes from './device-pickers.module.css';
import { LiveLevelBar } from './live-microphone.tsx';

/** Which microphone, with what it hears; which camera; and, where the browser lets a page choose it, which speaker. */
export function DevicePickers({ devices, snapshot }: { devices: LocalDevices; snapshot: DevicesSnapshot }) {
  const { devices: text } = useText();
  const { canChooseSpeaker, chosen, microphone } = snapshot;
  const choose: Record<ChosenKind, (deviceId: string) => void> = {
    microphone: (deviceId) => void devices.choose('microphone', deviceId),
    camera: (deviceId) => void devices.choose('camera', deviceId),
    speaker: (deviceId) => devices.chooseSpeaker(deviceId),
  };
  const picker = (kind: ChosenKind) => (
    <DevicePicker
      label={text.choose[kind]}
      automatic={text.automatic}
      unnamed={(number) => text.unnamed(kind, number)}
      available={snapshot.available.filter((device) => device.kind === kind)}
      chosen={chosen[kind]}
      onChoose={choose[kind]}
    />
  );
  return (
    <div className={classes.pickers}>
      <div className={classes.microphone}>
        {picker('microphone')}
        <LiveLevelBar
          label={text.level}
          track={microphone.status === 'on' ? trackOf(microphone) : undefined}
        />
      </div>
      {picker('camera')}
      {canChooseSpeaker && picker('speaker')}
    </div>
  );
}
