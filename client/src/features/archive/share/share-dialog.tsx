import { useText } from '#client/text/use-text.ts';
import { Dialog } from '#client/ui/dialog.tsx';
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
    <Dialog opened={opened} onClose={close} size="lg" title={text.shareTitle} closeLabel={text.close}>
      <div className={classes.parts}>
        <NewLink recordingId={recordingId} />
        <ShareLinks recordingId={recordingId} />
      </div>
    </Dialog>
  );
}
