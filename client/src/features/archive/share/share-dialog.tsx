import { Modal } from '@mantine/core';
import { useText } from '#client/text/use-text.ts';
import dialog from '#client/ui/dialog.module.css';
import { NewLink } from './new-link.tsx';
import classes from './share.module.css';
import { ShareLinks } from './share-links.tsx';

/** Makes links to a recording, lists those there are, and revokes them. */
export function ShareDialog({
  recordingId,
  opened,
  close,
}: {
  recordingId: string;
  opened: boolean;
  close: () => void;
}) {
  const { takeAway: text } = useText();
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="lg"
      title={text.shareTitle}
      classNames={{ title: dialog.title ?? '' }}
      closeButtonProps={{ 'aria-label': text.close }}
    >
      <div className={classes.parts}>
        <NewLink recordingId={recordingId} />
        <ShareLinks recordingId={recordingId} />
      </div>
    </Modal>
  );
}
