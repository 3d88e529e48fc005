import { Button, Modal, Text } from '@mantine/core';
import { useText } from '../text/use-text.ts';
import classes from './dialog.module.css';

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
    <Modal
      opened={opened}
      onClose={() => onCancel?.()}
      title={consent.title}
      classNames={{ title: classes.title ?? '' }}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={onCancel !== undefined}
    >
      <Text size="sm" mb="lg">
        {consent.body}
      </Text>
      <div className={classes.buttons}>
        <Button data-autofocus onClick={() => onAnswer('accepted')}>
          {consent.accept}
        </Button>
        <Button variant="default" onClick={() => onAnswer('declined')}>
          {consent.decline}
        </Button>
      </div>
    </Modal>
  );
}
