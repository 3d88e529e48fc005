import { DevicePickers } from '#client/devices/device-pickers.tsx';
import { type DevicesSnapshot, trackOf } from '#client/session/capture/input-state.ts';
import type { LocalDevices } from '#client/session/capture/local-devices.ts';
import { useText } from '#client/text/use-text.ts';
import { Dialog } from '#client/ui/dialog.tsx';
import { Picture } from '#client/ui/media-elements.tsx';
import classes from './settings-dialog.module.css';

/** Camera, microphone and speaker, changed while the meeting goes on: same person, same file. */
export function SettingsDialog({
  opened,
  devices,
  snapshot,
  onClose,
}: {
  opened: boolean;
  devices: LocalDevices;
  snapshot: DevicesSnapshot;
  onClose: () => void;
}) {
  const { controls, lobby } = useText();
  const picture = trackOf(snapshot.camera);
  return (
    <Dialog opened={opened} onClose={onClose} title={controls.settings} size="lg" closeLabel={controls.close}>
      <div className={classes.settings}>
        <div className={classes.preview}>
          {picture ? <Picture track={picture} mirrored /> : <p className={classes.off}>{lobby.cameraOff}</p>}
        </div>
        <DevicePickers devices={devices} snapshot={snapshot} />
      </div>
    </Dialog>
  );
}
