import { Button, Modal, Text } from '@mantine/core';
import classes from './dialog.module.css';

/** A question with two answers. */
export function QuestionDialog({
  opened,
  title,
  body,
  yes,
  no,
  onYes,
  onNo,
}: {
  opened: boolean;
  title: string;
  body: string;
  yes: string;
  no: string;
  onYes: () => void;
  /** Also on Escape, and on a click beside it. */
  onNo: () => void;
}) {
  return (
    <Modal
      opened={opened}
      onClose={onNo}
      title={title}
      classNames={{ title: classes.title ?? '' }}
      withCloseButton={false}
    >
      <Text size="sm" mb="lg">
        {body}
      </Text>
      <div className={classes.buttons}>
        <Button data-autofocus onClick={onYes}>
          {yes}
        </Button>
        <Button variant="default" onClick={onNo}>
          {no}
        </Button>
      </div>
    </Modal>
  );
}
