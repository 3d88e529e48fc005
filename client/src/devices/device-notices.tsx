import type { DevicesSnapshot } from '../session/capture/input-state.ts';
import type { LocalDevices } from '../session/capture/local-devices.ts';
import { useText } from '../text/use-text.ts';
import { Notice } from '../ui/notice.tsx';

/** What is wrong with camera and microphone, and what helps (P3, P4). */
export function DeviceProblems({
  snapshot: { camera, microphone },
  withNeither = '',
}: {
  snapshot: DevicesSnapshot;
  /** Said to whoever has none of the two. */
  withNeither?: string;
}) {
  const { devices: text } = useText();
  const ofCamera = camera.status === 'failed' ? camera.problem : undefined;
  const ofMicrophone = microphone.status === 'failed' ? microphone.problem : undefined;
  if (ofCamera && ofCamera === ofMicrophone) {
    return (
      <Notice kind="warning">
        {text.bothProblem(ofCamera)} {withNeither}
      </Notice>
    );
  }
  return (
    <>
      {ofCamera && <Notice kind="warning">{text.problem('camera', ofCamera)}</Notice>}
      {ofMicrophone && <Notice kind="warning">{text.problem('microphone', ofMicrophone)}</Notice>}
    </>
  );
}

/** What became of camera, microphone and screen by nobody's wish: the system took them, or a headset went away and came back. */
export function DeviceChanges({ devices, snapshot }: { devices: LocalDevices; snapshot: DevicesSnapshot }) {
  const { devices: text } = useText();
  const { replaced, screen } = snapshot;
  return (
    <>
      {(['microphone', 'camera'] as const).map((kind) => {
        const input = snapshot[kind];
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
          button={
            replaced.isBack && {
              words: text.useAgain,
              press: () => void devices.choose('microphone', replaced.deviceId),
            }
          }
          onDismiss={() => devices.dismissReplaced()}
        >
          {replaced.isBack ? text.isBack(replaced.label) : text.isReplaced(replaced.label)}
        </Notice>
      )}
    </>
  );
}
