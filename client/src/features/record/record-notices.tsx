import { DeviceChanges, DeviceProblems } from '../../devices/device-notices.tsx';
import { useServices } from '../../services/services.ts';
import type { Message } from '../../session/meeting/meeting-state.ts';
import type { SoloProblem, SoloSession, SoloSnapshot } from '../../session/solo/solo-session.ts';
import type { Text } from '../../text/en/en.ts';
import { useText } from '../../text/use-text.ts';
import { Notice } from '../../ui/notice.tsx';

/** What went wrong, and what helps: devices that do not open (P3, P4), refusals, an end that nobody asked for. */
export function RecordNotices({ session, snapshot }: { session: SoloSession; snapshot: SoloSnapshot }) {
  const text = useText();
  const { carriesCalls } = useServices();
  const { connection, devices, messages, problem } = snapshot;
  return (
    <>
      {connection.status === 'refused' && (
        <Notice kind="error" button={{ words: text.lobby.retry, press: () => void session.start() }}>
          {text.fault(connection.error)}
        </Notice>
      )}
      {snapshot.isMediaBlocked && carriesCalls && <Notice kind="warning">{text.meeting.mediaBlocked}</Notice>}
      {!carriesCalls && <Notice kind="warning">{text.meeting.noCallsHere}</Notice>}
      {problem && <Notice kind="error">{wordsOf(problem, text)}</Notice>}
      {devices && session.openDevices && <DeviceChanges devices={session.openDevices} snapshot={devices} />}
      {devices && <DeviceProblems snapshot={devices} />}
      {messages.map((message) => {
        const told = noticeOf(message, text);
        return (
          told && (
            <Notice key={message.id} kind={told.kind}>
              {told.words}
            </Notice>
          )
        );
      })}
    </>
  );
}

/** What is told of a meeting's messages to somebody who is alone in it. */
function noticeOf(
  message: Message,
  { devices, fault }: Text,
): { kind: 'error' | 'warning'; words: string } | undefined {
  if (message.kind === 'fault') return { kind: 'error', words: fault(message.error) };
  if (message.kind === 'encoder-failed')
    return { kind: 'error', words: devices.encoderFailed(message.source) };
  if (message.kind === 'encoder-replaced')
    return { kind: 'warning', words: devices.encoderReplaced(message.source) };
  return undefined;
}

function wordsOf(problem: SoloProblem, text: Text): string {
  switch (problem.kind) {
    case 'fault':
      return text.fault(problem.error);
    case 'ended':
      return text.ended[problem.reason].body;
    case 'no-device':
      return text.solo.noDevice;
    case 'elsewhere':
      return text.solo.elsewhere;
  }
}
