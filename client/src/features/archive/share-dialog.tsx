import { Button, Checkbox, CopyButton, Modal, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useServices } from '../../app/services.ts';
import { formatDate } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import { FaultNotice } from '../../ui/fault-notice.tsx';
import classes from './archive.module.css';
import { useRecordingAction, useShares } from './queries.ts';

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
      title={text.shareTitle}
      closeButtonProps={{ 'aria-label': text.close }}
    >
      <div className={classes.form}>
        <NewLink recordingId={recordingId} />
        <Links recordingId={recordingId} />
      </div>
    </Modal>
  );
}

function NewLink({ recordingId }: { recordingId: string }) {
  const { takeAway: text } = useText();
  const { archive } = useServices();
  const [hours, setHours] = useState('168');
  const [password, setPassword] = useState('');
  const [download, setDownload] = useState(true);
  const [link, setLink] = useState<string>();
  const creation = useRecordingAction(async () => {
    const { token } = await archive.createShare(recordingId, {
      expiresInHours: Number(hours),
      download,
      ...(password && { password }),
    });
    setLink(`${window.location.origin}/s/${token}`);
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    creation.mutate(undefined);
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <NativeSelect
        label={text.expiry}
        value={hours}
        data={Object.entries(text.hours).map(([value, label]) => ({ value, label }))}
        onChange={(event) => setHours(event.currentTarget.value)}
      />
      <PasswordInput
        label={text.password}
        description={text.passwordHint}
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Checkbox
        label={text.offerDownload}
        checked={download}
        onChange={(event) => setDownload(event.currentTarget.checked)}
      />
      <Button type="submit" loading={creation.isPending}>
        {text.create}
      </Button>
      <FaultNotice cause={creation.error} />
      {link && (
        <div className={classes.newLink}>
          <TextInput label={text.newLink} description={text.newLinkHint} value={link} readOnly />
          <CopyButton value={link}>
            {({ copied, copy }) => <Button onClick={copy}>{copied ? text.copied : text.copy}</Button>}
          </CopyButton>
        </div>
      )}
    </form>
  );
}

function Links({ recordingId }: { recordingId: string }) {
  const { takeAway: text, locale } = useText();
  const { archive } = useServices();
  const { data: shares, error } = useShares(recordingId);
  const revocation = useRecordingAction((shareId: string) => archive.revokeShare(recordingId, shareId));
  const problem = error ?? revocation.error;
  return (
    <section aria-label={text.links}>
      <FaultNotice cause={problem} />
      {shares?.length === 0 && <p className={classes.hint}>{text.noLinks}</p>}
      <ul className={classes.links}>
        {shares?.map((share) => (
          <li key={share.shareId}>
            <span className={classes.hint}>
              {[
                text.linkState[share.state],
                text.until(formatDate(share.expiresAtMs, locale)),
                text.views(share.views),
                share.hasPassword && text.protected,
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
            {share.state === 'open' && (
              <Button size="compact-sm" variant="default" onClick={() => revocation.mutate(share.shareId)}>
                {text.revoke}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
