import { Anchor } from '@mantine/core';
import type { DevicesSnapshot } from '../../session/capture/input-state.ts';
import type { MeetingSnapshot } from '../../session/meeting/meeting-state.ts';
import { useText } from '../../text/use-text.ts';
import { Notice } from '../../ui/notice.tsx';

/** What stays true for a while and should be known: each with what to do about it. */
export function RoomNotices({ snapshot, devices }: { snapshot: MeetingSnapshot; devices: DevicesSnapshot }) {
  const text = useText();
  const { camera, microphone, screen } = devices;
  // Who has no such device was told in the lobby.
  const problemOf = (device: DevicesSnapshot['camera']) =>
    device.status === 'failed' && device.problem !== 'missing' ? device.problem : undefined;
  const [microphoneProblem, cameraProblem] = [problemOf(microphone), problemOf(camera)];
  return (
    <>
      {snapshot.connection.status !== 'connected' && (
        <Notice kind="warning">{text.connection.lostInMeeting}</Notice>
      )}
      {!snapshot.canReceiveH264 && <Notice kind="warning">{text.meeting.noH264}</Notice>}
      {microphoneProblem && (
        <Notice kind="warning">{text.devices.problem('microphone', microphoneProblem)}</Notice>
      )}
      {cameraProblem && <Notice kind="warning">{text.devices.problem('camera', cameraProblem)}</Notice>}
      {screen.status === 'failed' && <Notice kind="warning">{text.devices.screenProblem}</Notice>}
      {snapshot.finishedRecordingId !== undefined && (
        <Notice
          kind="info"
          action={
            <Anchor href={`/admin/recordings/${snapshot.finishedRecordingId}`} target="_blank" rel="noopener">
              {text.recording.open}
            </Anchor>
          }
        >
          {text.recording.ready}
        </Notice>
      )}
    </>
  );
}
