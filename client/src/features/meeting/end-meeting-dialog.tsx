import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import { useText } from '../../text/use-text.ts';
import { QuestionDialog } from '../../ui/question-dialog.tsx';

/** Sending everybody out is asked for once more. */
export function EndMeetingDialog({
  session,
  opened,
  onClose,
}: {
  session: MeetingSession;
  opened: boolean;
  onClose: () => void;
}) {
  const { people: text } = useText();
  return (
    <QuestionDialog
      opened={opened}
      title={text.endTitle}
      body={text.endBody}
      yes={text.end}
      no={text.cancel}
      onYes={() => {
        onClose();
        void session.host.endMeeting();
      }}
      onNo={onClose}
    />
  );
}
