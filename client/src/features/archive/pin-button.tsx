import { ActionIcon } from '@mantine/core';
import { IconPin, IconPinFilled } from '@tabler/icons-react';
import type { RecordingSummary } from '#protocol/http/recordings.ts';
import { useServices } from '../../services/services.ts';
import { useText } from '../../text/use-text.ts';
import { useRecordingAction } from './queries.ts';

/** Shows whether the rules leave a recording alone, and changes that. */
export function PinButton({ recording }: { recording: RecordingSummary }) {
  const { list: text } = useText();
  const { archive } = useServices();
  const { recordingId } = recording;
  const isPinned = recording.pinned === true;
  const pinning = useRecordingAction((pinned: boolean) => archive.setPinned(recordingId, pinned));
  return (
    <ActionIcon
      variant="subtle"
      color={isPinned ? 'verdigris' : 'gray'}
      size="lg"
      aria-label={text.pin(recording.meetingName || recordingId)}
      aria-pressed={isPinned}
      title={isPinned ? text.pinned : text.notPinned}
      loading={pinning.isPending}
      onClick={() => pinning.mutate(!isPinned)}
    >
      {isPinned ? <IconPinFilled size={18} /> : <IconPin size={18} stroke={1.6} />}
    </ActionIcon>
  );
}
