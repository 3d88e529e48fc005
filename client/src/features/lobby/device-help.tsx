import type { DevicesSnapshot } from '../../session/capture/input-state.ts';
import { useText } from '../../text/use-text.ts';
import { Notice } from '../../ui/notice.tsx';

/** What is wrong with camera and microphone, and what helps; joining is possible all the same (P3, P4). */
export function DeviceHelp({ devices }: { devices: DevicesSnapshot }) {
  const text = useText();
  const { camera, microphone } = devices;
  if (camera.status === 'opening' && microphone.status === 'opening') {
    return <Notice kind="info">{text.lobby.asking}</Notice>;
  }
  const cameraProblem = camera.status === 'failed' ? camera.problem : undefined;
  const microphoneProblem = microphone.status === 'failed' ? microphone.problem : undefined;
  if (cameraProblem && cameraProblem === microphoneProblem) {
    return (
      <Notice kind="warning">
        {text.devices.bothProblem(cameraProblem)} {text.lobby.nothing}
      </Notice>
    );
  }
  return (
    <>
      {cameraProblem && <Notice kind="warning">{text.devices.problem('camera', cameraProblem)}</Notice>}
      {microphoneProblem && (
        <Notice kind="warning">{text.devices.problem('microphone', microphoneProblem)}</Notice>
      )}
    </>
  );
}
