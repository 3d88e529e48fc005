import { CloseButton } from '@mantine/core';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import type { Message } from '../../session/meeting/meeting-state.ts';
import type { Text } from '../../text/en/en.ts';
import { useText } from '../../text/use-text.ts';
import classes from './message-list.module.css';

/** Messages that come and go over the pictures, and are read aloud. */
export function MessageList({
  session,
  messages,
}: {
  session: MeetingSession;
  messages: readonly Message[];
}) {
  const text = useText();
  return (
    <div className={classes.list} aria-live="polite">
      {messages.map((message) => (
        <div key={message.id} className={classes.message} data-kind={message.kind}>
          <span>{wordsOf(message, text)}</span>
          <CloseButton
            size="sm"
            variant="transparent"
            aria-label={text.meeting.dismiss}
            onClick={() => session.dismiss(message.id)}
          />
        </div>
      ))}
    </div>
  );
}

function wordsOf(message: Message, text: Text): string {
  switch (message.kind) {
    case 'fault':
      return text.fault(message.error);
    case 'recording-started':
      return text.recording.started;
    case 'recording-stopped':
      return text.recording.stopped;
    case 'recording-ends-soon':
      return text.recording.endsSoon(message.minutes);
    case 'rejoined':
      return text.connection.rejoined;
    case 'paused-by-host':
      return text.meeting.pausedByHost(message.source);
    case 'encoder-replaced':
      return text.devices.encoderReplaced(message.source);
    case 'encoder-failed':
      return text.devices.encoderFailed(message.source);
    case 'chat':
      return text.meeting.said(message.name, message.text);
  }
}
