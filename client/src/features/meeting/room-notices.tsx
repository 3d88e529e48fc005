import { Anchor } from '@mantine/core';
import { useState } from 'react';
import { DeviceChanges } from '../../devices/device-notices.tsx';
import { useServices } from '../../services/services.ts';
import type { DevicesSnapshot } from '../../session/capture/input-state.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import type { MeetingSnapshot } from '../../session/meeting/meeting-state.ts';
import type { DeviceKind } from '../../session/ports/capture.ts';
import { useText } from '../../text/use-text.ts';
import { Notice } from '../../ui/notice.tsx';

/** What stays true for a while and should be known: each with what to do about it. */
export function RoomNotices({
  session,
  snapshot,
  devices,
}: {
  session: MeetingSession;
  snapshot: MeetingSnapshot;
  devices: DevicesSnapshot;
}) {
  const text = useText();
  const { carriesCalls, recent } = useServices();
  const { connection, canReceiveH264, finishedRecordingId, isMediaBlocked } = snapshot;
  // Who was handed the role is host of the meeting, and not of what is kept of it.
  const mayOpen = recent.hostKeyOf(snapshot.meetingId) !== undefined;
  return (
    <>
      {connection.status !== 'connected' && <Notice kind="warning">{text.connection.lostInMeeting}</Notice>}
      {isMediaBlocked && (
        <Notice kind="warning">{carriesCalls ? text.meeting.mediaBlocked : text.meeting.noCallsHere}</Notice>
      )}
      {!canReceiveH264 && <Notice kind="warning">{text.meeting.noH264}</Notice>}
      <DeviceNotices devices={devices} />
      <DeviceChanges devices={session.devices} snapshot={devices} />
      {finishedRecordingId !== undefined && (
        <Notice
          kind="info"
          links={
            mayOpen && (
              <>
                <Anchor
                  size="sm"
                  href={`/admin/recordings/${finishedRecordingId}`}
                  target="_blank"
                  rel="noopener"
                >
                  {text.recording.open}
                </Anchor>
                <Anchor size="sm" href={`/m/${snapshot.meetingId}/recordings`} target="_blank" rel="noopener">
                  {text.recording.all}
                </Anchor>
              </>
            )
          }
          onDismiss={() => session.dismissFinished()}
        >
          {mayOpen ? text.recording.ready : text.recording.readyForOthers}
        </Notice>
      )}
    </>
  );
}

/** A device that fails in the meeting; what failed before joining was told in the lobby. */
function DeviceNotices({ devices }: { devices: DevicesSnapshot }) {
  const text = useText();
  const { camera, microphone, screen } = devices;
  // Every failure is a state of its own, so what was told is known by identity.
  const [told, setTold] = useState({ camera, microphone });
  const notice = (kind: DeviceKind) => {
    const device = devices[kind];
    if (device.status !== 'failed' || device === told[kind]) return null;
    return (
      <Notice kind="warning" onDismiss={() => setTold({ ...told, [kind]: device })}>
        {text.devices.problem(kind, device.problem)}
      </Notice>
    );
  };
  return (
    <>
      {notice('microphone')}
      {notice('camera')}
      {screen.status === 'failed' && <Notice kind="warning">{text.devices.screenProblem}</Notice>}
    </>
  );
}
