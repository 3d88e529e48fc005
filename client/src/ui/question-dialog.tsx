import { Button } from '@mantine/core';
import { Dialog, DialogButtons } from './dialog.tsx';

/** A question with two answers. */
export function QuestionDialog({
  opened,
  title,
  body,
  yes,
  no,
  isDangerous,
  onYes,
  onNo,
}: {
  opened: boolean;
  title: string;
  body: string;
  yes: string;
  no: string;
  /** Yes cannot be undone: it is red, and no is what Enter says. */
  isDangerous?: boolean;
  onYes: () => void;
  /** Also on Escape, and on a click beside it. */
  onNo: () => void;
}) {
  return (
    <Dialog opened={opened} onClose={onNo} title={title} body={body}>
      <DialogButtons>
        <Button
          data-autofocus={!isDangerous || undefined}
          color={isDangerous ? 'red.9' : 'verdigris'}
          onClick={onYes}
        >
          {yes}
        </Button>
        <Button data-autofocus={isDangerous || undefined} variant="default" onClick={onNo}>
          {no}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
