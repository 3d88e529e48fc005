import { Button, Checkbox, CopyButton, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { IconCheck, IconCopy, IconLink } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useServices } from '#client/services/services.ts';
import { useText } from '#client/text/use-text.ts';
import { FaultNotice } from '#client/ui/fault-notice.tsx';
import type { CreateShareBody } from '#protocol/http/shares.ts';
import { useRecording, useRecordingAction } from '../queries.ts';
import classes from './share.module.css';

/** Asks what a new link is to open, and shows it the only time that it can be shown. */
export function NewLink({ recordingId }: { recordingId: string }) {
  const { archive: words, takeAway: text } = useText();
  const { archive } = useServices();
  const files = useRecording(recordingId).data?.manifest.files ?? [];
  const [file, setFile] = useState('');
  const [hours, setHours] = useState('168');
  const [label, setLabel] = useState('');
  const [password, setPassword] = useState('');
  const [download, setDownload] = useState(true);
  const [link, setLink] = useState<string>();
  const creation = useRecordingAction(async (body: CreateShareBody) => {
    const { token } = await archive.createShare(recordingId, body);
    setLink(`${window.location.origin}/s/${token}`);
    // The next link is somebody else's.
    setLabel('');
    setPassword('');
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setLink(undefined);
    creation.mutate({
      expiresInHours: Number(hours),
      download,
      ...(file && { file }),
      ...(label.trim() && { label: label.trim() }),
      ...(password && { password }),
    });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <div className={classes.pair}>
        <NativeSelect
          label={text.shareWhat}
          value={file}
          data={[
            { value: '', label: text.wholeRecording },
            ...files.map(({ name, personName, source }) => ({
              value: name,
              label: `${personName} · ${words.source[source]}`,
            })),
          ]}
          onChange={({ currentTarget }) => setFile(currentTarget.value)}
        />
        <NativeSelect
          label={text.expiry}
          value={hours}
          data={Object.entries(text.hours).map(([value, words]) => ({ value, label: words }))}
          onChange={({ currentTarget }) => setHours(currentTarget.value)}
        />
        <TextInput
          label={text.label}
          description={text.labelHint}
          maxLength={120}
          autoComplete="off"
          value={label}
          onChange={({ currentTarget }) => setLabel(currentTarget.value)}
        />
        <PasswordInput
          label={text.password}
          description={text.passwordHint}
          autoComplete="new-password"
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        />
      </div>
      <div className={classes.create}>
        <Checkbox
          label={text.offerDownload}
          checked={download}
          onChange={({ currentTarget }) => setDownload(currentTarget.checked)}
        />
        <Button type="submit" loading={creation.isPending} leftSection={<IconLink size={18} />}>
          {text.create}
        </Button>
      </div>
      <FaultNotice cause={creation.error} />
      {link && (
        <div className={classes.newLink}>
          <TextInput
            label={text.newLink}
            description={text.newLinkHint}
            value={link}
            readOnly
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
          <CopyButton value={link}>
            {({ copied, copy }) => (
              <Button
                variant="light"
                leftSection={copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
                onClick={copy}
              >
                {copied ? text.copied : text.copy}
              </Button>
            )}
          </CopyButton>
        </div>
      )}
    </form>
  );
}
