import { Button, CloseButton } from '@mantine/core';
import type { DevicesSnapshot } from '../session/capture/input-state.ts';
import type { LocalDevices } from '../session/capture/local-devices.ts';
import { useText } from '../text/use-text.ts';
import { Notice } from '../ui/notice.tsx';
import classes from './device-changes.module.css';

/** What became of camera, microphone and screen by nobody's wish: the system took them, or a headset went away and came back. */
export function DeviceChanges({ devices, snapshot }: { devices: LocalDevices; snapshot: DevicesSnapshot }) {
  const { devices: text, meeting } = useText();
  const { camera, microphone, replaced, screen } = snapshot;
  return (
    <>
      {(['microphone', 'camera'] as const).map((kind) => {
        const input = kind === 'camera' ? camera : microphone;
        const isSilenced = input.status === 'on' && input.isSilenced;
        return (
          isSilenced && (
            <Notice key={kind} kind="warning">
              {text.silenced(kind)}
            </Notice>
          )
        );
      })}
      {screen.status === 'on' && screen.isSilenced && <Notice kind="warning">{text.screenSilenced}</Notice>}
      {replaced && (
        <Notice
          kind="info"
          action={
            <span className={classes.actions}>
              {replaced.isBack && (
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => void devices.choose('microphone', replaced.deviceId)}
                >
                  {text.useAgain}
                </Button>
              )}
              <CloseButton size="sm" aria-label={meeting.dismiss} onClick={() => devices.dismissReplaced()} />
            </span>
          }
        >
          {replaced.isBack ? text.isBack(replaced.label) : text.isReplaced(replaced.label)}
        </Notice>
      )}
    </>
  );
}
