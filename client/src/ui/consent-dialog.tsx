import { Button } from '@mantine/core';
import { useText } from '../text/use-text.ts';
import { Dialog, DialogButtons } from './dialog.tsx';

interface Props {
  opened: boolean;
  onAnswer: (answer: 'accepted' | 'declined') => void;
  /** Where the question can be put off; in the meeting it stays until it is answered. */
  onCancel?: () => void;
}

/** Nobody but who pressed Record is recorded before Accept [D10]. */
export function ConsentDialog({ opened, onAnswer, onCancel }: Props) {
  const { consent } = useText();
  return (
    <Dialog
      opened={opened}
      onClose={() => onCancel?.()}
      title={consent.title}
      body={consent.body}
      closeOnClickOutside={false}
      closeOnEscape={onCancel !== undefined}
    >
      <DialogButtons>
        <Button data-autofocus onClick={() => onAnswer('accepted')}>
          {consent.accept}
        </Button>
        <Button variant="default" onClick={() => onAnswer('declined')}>
          {consent.decline}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
