import { NativeSelect, VisuallyHidden } from '@mantine/core';
import { useSoundLevel } from '../services/services.ts';
import { type DevicesSnapshot, trackOf } from '../session/capture/input-state.ts';
import type { LocalDevices } from '../session/capture/local-devices.ts';
import type { ChosenKind } from '../session/ports/capture.ts';
import { useText } from '../text/use-text.ts';
import classes from './device-pickers.module.css';

/** Which microphone, with what it hears; which camera; and, where the browser lets a page choose it, which speaker. */
export function DevicePickers({ devices, snapshot }: { devices: LocalDevices; snapshot: DevicesSnapshot }) {
  const { devices: text } = useText();
  const { available, canChooseSpeaker, chosen, microphone } = snapshot;
  const choose: Record<ChosenKind, (deviceId: string) => void> = {
    microphone: (deviceId) => void devices.choose('microphone', deviceId),
    camera: (deviceId) => void devices.choose('camera', deviceId),
    speaker: (deviceId) => devices.chooseSpeaker(deviceId),
  };
  /** The browser's own list, which phones show well. */
  const picker = (kind: ChosenKind) => {
    const ofKind = available.filter((device) => device.kind === kind);
    const isKnown = ofKind.some(({ deviceId }) => deviceId === chosen[kind]);
    return (
      <NativeSelect
        label={text.choose[kind]}
        size="sm"
        disabled={ofKind.length === 0}
        value={isKnown ? chosen[kind] : ''}
        onChange={({ currentTarget }) => choose[kind](currentTarget.value)}
        data={[
          { value: '', label: text.automatic },
          ...ofKind.map(({ deviceId, label }, index) => ({
            value: deviceId,
            // The browser may not tell the name yet.
            label: label || text.unnamed(kind, index + 1),
          })),
        ]}
      />
    );
  };
  return (
    <div className={classes.pickers}>
      <div className={classes.microphone}>
        {picker('microphone')}
        <LevelBar label={text.level} track={microphone.status === 'on' ? trackOf(microphone) : undefined} />
      </div>
      {picker('camera')}
      {canChooseSpeaker && picker('speaker')}
    </div>
  );
}

/** How loud a sound is. It is drawn by itself, since it changes many times a second. */
function LevelBar({ label, track }: { label: string; track: MediaStreamTrack | undefined }) {
  const level = useSoundLevel(track);
  return (
    <div className={classes.bar}>
      <div className={classes.fill} style={{ transform: `scaleX(${level})` }} />
      <VisuallyHidden>
        <meter aria-label={label} value={level} />
      </VisuallyHidden>
    </div>
  );
}
