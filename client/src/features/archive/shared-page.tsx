import { Button, PasswordInput } from '@mantine/core';
import { IconFileZip } from '@tabler/icons-react';
import { type FormEvent, useEffect, useMemo, useState } from 'react';
import { useParams } from 'react-router';
import { Fault } from '#protocol/errors.ts';
import type { SharedRecording } from '#protocol/http/shares.ts';
import { useServices } from '../../services/services.ts';
import { formatDate } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import { FaultNotice } from '../../ui/fault-notice.tsx';
import { PageFrame } from '../../ui/page-frame.tsx';
import { ResultPage } from '../../ui/result-page.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import classes from './archive.module.css';
import { type FileAddresses, RecordingFiles, StageSkeleton } from './recording/recording-files.tsx';
import { save } from './save.ts';

/** `/s/<token>`: a recording for who has the link, without an account. */
export default function SharedPage() {
  const { token = '' } = useParams();
  const text = useText();
  const { takeAway } = text;
  const { archive } = useServices();
  const [shared, setShared] = useState<SharedRecording>();
  const [fault, setFault] = useState<Fault>();
  usePageTitle(shared?.manifest.meeting.name ?? takeAway.sharedTitle);

  useEffect(() => {
    let isGone = false;
    archive.openShared(token).then(
      (opened) => !isGone && setShared(opened),
      (cause: unknown) => !isGone && setFault(Fault.from(cause)),
    );
    return () => {
      isGone = true;
    };
  }, [archive, token]);

  const unlock = (password: string): void => {
    archive.openShared(token, password).then(setShared, (cause: unknown) => setFault(Fault.from(cause)));
  };
  return (
    <PageFrame>
      {shared ? (
        <Opened token={token} shared={shared} />
      ) : fault?.code.startsWith('share-password') ? (
        <PasswordForm isWrong={fault.code === 'share-password-wrong'} unlock={unlock} />
      ) : (
        <Waiting fault={fault} />
      )}
    </PageFrame>
  );
}

/** Until the link has been opened, the page has the shape that it will have; a link that is over says why. */
function Waiting({ fault }: { fault: Fault | undefined }) {
  const text = useText();
  if (fault) return <ResultPage title={text.takeAway.overTitle}>{text.fault(fault.toBody())}</ResultPage>;
  return (
    <>
      <h1 className={classes.title}>{text.takeAway.sharedTitle}</h1>
      <p className={classes.hint} role="status">
        {text.archive.loading}
      </p>
      <div className={classes.actions} />
      <StageSkeleton />
    </>
  );
}

function PasswordForm({ isWrong, unlock }: { isWrong: boolean; unlock: (password: string) => void }) {
  const { takeAway: text } = useText();
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    unlock(password);
  };
  return (
    <form className={classes.signIn} onSubmit={submit}>
      <h1 className={classes.signInTitle}>{text.passwordNeeded}</h1>
      <PasswordInput
        label={text.linkPassword}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        required
        withAsterisk={false}
      />
      <FaultNotice cause={isWrong && new Fault('share-password-wrong')} />
      <Button type="submit">{text.open}</Button>
    </form>
  );
}

function Opened({
  token,
  shared: { manifest, expiresAtMs, download },
}: {
  token: string;
  shared: SharedRecording;
}) {
  const { takeAway: text, locale } = useText();
  const { archive } = useServices();
  const addresses = useMemo(
    (): FileAddresses => ({
      file: (name) => archive.sharedFileUrl(token, name),
      thumbnail: (name) => archive.sharedThumbnailUrl(token, name),
      download: download ? (name) => archive.sharedFileUrl(token, name, { download: true }) : undefined,
    }),
    [archive, download, token],
  );
  return (
    <>
      <h1 className={classes.title}>{manifest.meeting.name}</h1>
      <p className={classes.hint}>
        {formatDate(manifest.startedAtMs, locale)} · {text.expires(formatDate(expiresAtMs, locale))}
      </p>
      <div className={classes.actions}>
        {download && (
          <Button
            variant="default"
            leftSection={<IconFileZip size={18} />}
            onClick={() => save(archive.sharedZipUrl(token), `${manifest.recordingId}.zip`)}
          >
            {text.zip}
          </Button>
        )}
      </div>
      <RecordingFiles manifest={manifest} addresses={addresses} />
    </>
  );
}
