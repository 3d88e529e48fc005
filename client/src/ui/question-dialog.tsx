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
  onClose,
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
  /** It is answered, in whichever way; called before the answer. */
  onClose?: () => void;
  onYes: () => void;
  /** Also on Escape, and on a click beside it. */
  onNo?: () => void;
}) {
  const say = (answer?: () => void) => (): void => {
    onClose?.();
    answer?.();
  };
  return (
    <Dialog opened={opened} onClose={say(onNo)} title={title} body={body}>
      <DialogButtons>
        <Button
          data-autofocus={!isDangerous || undefined}
          color={isDangerous ? 'red.9' : 'verdigris'}
          onClick={say(onYes)}
        >
          {yes}
        </Button>
        <Button data-autofocus={isDangerous || undefined} variant="default" onClick={say(onNo)}>
          {no}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
