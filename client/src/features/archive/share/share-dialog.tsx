import { Button } from '@mantine/core';
import { useServices } from '#client/services/services.ts';
import { formatDate } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { Dialog } from '#client/ui/dialog.tsx';
import { FaultNotice } from '#client/ui/fault-notice.tsx';
import type { Share } from '#protocol/http/shares.ts';
import { useRecording, useRecordingAction, useShares } from '../queries.ts';
import { NewLink } from './new-link.tsx';
import classes from './share.module.css';

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

/** The links to a recording: what each opens, whether it works, how often it was used; and its end. */
function ShareLinks({ recordingId }: { recordingId: string }) {
  const { takeAway: text } = useText();
  const { archive } = useServices();
  const { data: shares, error } = useShares(recordingId);
  const files = useRecording(recordingId).data?.manifest.files ?? [];
  const revocation = useRecordingAction((shareId: string) => archive.revokeShare(recordingId, shareId));
  const nameOf = ({ file }: Share): string =>
    file === undefined ? text.wholeRecording : (files.find(({ name }) => name === file)?.personName ?? file);
  return (
    <section className={classes.existing} aria-label={text.links}>
      <h3 className={classes.heading}>{text.links}</h3>
      <FaultNotice cause={error ?? revocation.error} />
      {shares?.length === 0 && <p className={classes.hint}>{text.noLinks}</p>}
      <ul className={classes.links}>
        {shares?.map((share) => (
          <li key={share.shareId} className={classes.link} data-over={share.state !== 'open' || undefined}>
            <div className={classes.words}>
              <span className={classes.name}>{[share.label, nameOf(share)].filter(Boolean).join(' · ')}</span>
              <ShareFacts share={share} />
            </div>
            {share.state === 'open' && (
              <Button
                className={classes.revoke ?? ''}
                size="compact-sm"
                variant="default"
                loading={revocation.isPending && revocation.variables === share.shareId}
                onClick={() => revocation.mutate(share.shareId)}
              >
                {text.revoke}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function ShareFacts({ share }: { share: Share }) {
  const { takeAway: text, locale } = useText();
  const facts = [
    text.linkState[share.state],
    text.until(formatDate(share.expiresAtMs, locale)),
    text.views(share.views),
    share.hasPassword && text.protected,
    !share.download && text.withoutDownload,
  ];
  return <span className={classes.hint}>{facts.filter(Boolean).join(' · ')}</span>;
}
