import { NativeSelect } from '@mantine/core';
import type { DevicesSnapshot } from '../../session/capture/input-state.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import type { DeviceKind } from '../../session/ports/capture.ts';
import { useText } from '../../text/use-text.ts';

/** Which camera, which microphone: the browser's own list, which phones show well. */
export function DevicePicker({
  kind,
  devices,
  session,
}: {
  kind: DeviceKind;
  devices: DevicesSnapshot;
  session: MeetingSession;
}) {
  const { lobby } = useText();
  const available = devices.available.filter((device) => device.kind === kind);
  const isKnown = available.some(({ deviceId }) => deviceId === devices.chosen[kind]);
  return (
    <NativeSelect
      label={kind === 'camera' ? lobby.chooseCamera : lobby.chooseMicrophone}
      size="sm"
      disabled={available.length === 0}
      value={isKnown ? devices.chosen[kind] : ''}
      onChange={({ currentTarget }) => void session.devices.choose(kind, currentTarget.value)}
      data={[
        { value: '', label: lobby.browserChoice },
        ...available.map(({ deviceId, label }, index) => ({
          value: deviceId,
          label: label || lobby.unnamed(kind, index + 1),
        })),
      ]}
    />
  );
}
