import { Button } from '@mantine/core';
import { IconCheck, IconLink } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useServices } from '../../services/services.ts';
import { useText } from '../../text/use-text.ts';
import classes from './room.module.css';

const TOLD_MS = 4000;

/** Copies the address that lets others in; without the host key. */
export function InviteButton({ meetingId }: { meetingId: string }) {
  const { meeting } = useText();
  const { clock, invitationLink } = useServices();
  const [result, setResult] = useState<'copied' | 'failed'>();

  useEffect(() => {
    if (result) return clock.after(TOLD_MS, () => setResult(undefined));
    return undefined;
  }, [clock, result]);

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(invitationLink(meetingId));
      setResult('copied');
    } catch {
      setResult('failed'); // No permission, or a page without HTTPS: the words say what to do.
    }
  };

  return (
    <>
      <Button
        className={classes.invite ?? ''}
        size="xs"
        variant="default"
        leftSection={result === 'copied' ? <IconCheck size={16} /> : <IconLink size={16} />}
        aria-label={meeting.invite}
        onClick={() => void copy()}
      >
        <span className={classes.inviteWord}>{meeting.invite}</span>
      </Button>
      <span className={classes.copied} aria-live="polite">
        {result === 'copied' ? meeting.invited : result === 'failed' ? meeting.inviteFailed : ''}
      </span>
    </>
  );
}
