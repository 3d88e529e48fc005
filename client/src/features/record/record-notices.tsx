import { Button } from '@mantine/core';
import { DeviceChanges } from '../../app/devices/device-changes.tsx';
import { useServices } from '../../app/services.ts';
import type { SoloProblem, SoloSession, SoloSnapshot } from '../../session/solo/solo-session.ts';
import type { Text } from '../../text/en/en.ts';
import { useText } from '../../text/use-text.ts';
import { Notice } from '../../ui/notice.tsx';

/** What went wrong, and what helps: devices that do not open (P3, P4), refusals, an end that nobody asked for. */
export function RecordNotices({ session, snapshot }: { session: SoloSession; snapshot: SoloSnapshot }) {
  const text = useText();
  const { carriesCalls } = useServices();
  const { connection, devices, messages, noDevice, problem } = snapshot;
  const camera = devices?.camera.status === 'failed' ? devices.camera.problem : undefined;
  const microphone = devices?.microphone.status === 'failed' ? devices.microphone.problem : undefined;
  return (
    <>
      {connection.status === 'refused' && (
        <Notice
          kind="error"
          action={
            <Button size="xs" variant="default" onClick={() => void session.start()}>
              {text.lobby.retry}
            </Button>
          }
        >
          {text.fault(connection.error)}
        </Notice>
      )}
      {snapshot.isMediaBlocked && carriesCalls && <Notice kind="warning">{text.meeting.mediaBlocked}</Notice>}
      {!carriesCalls && <Notice kind="warning">{text.meeting.noCallsHere}</Notice>}
      {problem && <Notice kind="error">{wordsOf(problem, text)}</Notice>}
      {devices && session.openDevices && <DeviceChanges devices={session.openDevices} snapshot={devices} />}
      {noDevice && <Notice kind="error">{text.solo.noDevice}</Notice>}
      {camera && camera === microphone ? (
        <Notice kind="warning">{text.devices.bothProblem(camera)}</Notice>
      ) : (
        <>
          {camera && <Notice kind="warning">{text.devices.problem('camera', camera)}</Notice>}
          {microphone && <Notice kind="warning">{text.devices.problem('microphone', microphone)}</Notice>}
        </>
      )}
      {messages.map(
        (message) =>
          message.kind === 'fault' && (
            <Notice key={message.id} kind="error">
              {text.fault(message.error)}
            </Notice>
          ),
      )}
    </>
  );
}

function wordsOf(problem: SoloProblem, text: Text): string {
  switch (problem.kind) {
    case 'fault':
      return text.fault(problem.error);
    case 'ended':
      return text.ended[problem.reason].body;
    case 'elsewhere':
      return text.solo.elsewhere;
  }
}
