import type { MeetingSession } from '#client/session/meeting/meeting-session.ts';
import type { MeetingSnapshot } from '#client/session/meeting/meeting-state.ts';
import { useText } from '#client/text/use-text.ts';
import { KeyDialog } from '#client/ui/key-dialog.tsx';
import { ToolButton } from '#client/ui/toggle-button.tsx';
import classes from './toolbar.module.css';

/** For the host: one button that starts, and then stops. */
export function RecordButton({ session, snapshot }: { session: MeetingSession; snapshot: MeetingSnapshot }) {
  const { keys, meeting: text } = useText();
  const { command, connection, recording } = snapshot;
  const isOn = recording.status !== 'off' && recording.status !== 'stopping';
  const isBusy = command !== 'none' || recording.status === 'stopping';
  return (
    <>
      <ToolButton
        className={classes.record}
        name={isOn ? text.stopRecording : text.startRecording}
        icon={<span className={classes.recordSign} data-on={isOn || undefined} />}
        aria-busy={isBusy}
        disabled={isBusy || connection.status !== 'connected'}
        onClick={() => void (isOn ? session.stopRecording() : session.startRecording())}
      />
      <KeyDialog
        opened={snapshot.wantedKey !== undefined}
        body={keys.record}
        isWrong={snapshot.wantedKey?.isWrong ?? false}
        onKey={(key) => void session.startRecording(key)}
        onCancel={() => session.dismissKey()}
      />
    </>
  );
}
