import { Button } from '@mantine/core';
import { useState } from 'react';
import type { DevicesSnapshot } from '../../session/capture/input-state.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import type { MeetingSnapshot } from '../../session/meeting/meeting-state.ts';
import { ownRecordingOf } from '../../session/meeting/own-recording.ts';
import { useText } from '../../text/use-text.ts';
import { Dialog, DialogButtons } from '../../ui/dialog.tsx';
import classes from './own-recording.module.css';

/** Whether this person is recorded, and the way to change that: keeping or erasing what exists [D10]. */
export function OwnRecording({
  session,
  snapshot,
  devices,
}: {
  session: MeetingSession;
  snapshot: MeetingSnapshot;
  devices: DevicesSnapshot;
}) {
  const { recording: text } = useText();
  const [isAsking, setAsking] = useState(false);
  const { consent, self } = snapshot;
  const view = ownRecordingOf(snapshot, hasMedia(devices));
  if (!view || !self) return null;

  const agreed = consent === 'accepted';
  const withdraw = (erase: boolean): void => {
    setAsking(false);
    void session.withdraw(erase);
  };
  return (
    <div className={classes.own}>
      <span className={classes.state} data-recorded={view === 'recorded' || undefined} aria-live="polite">
        {text.own(view)}
      </span>
      <button
        type="button"
        className={classes.change}
        onClick={() => (agreed ? setAsking(true) : void session.answerConsent('accepted'))}
      >
        {agreed ? text.withdraw : text.allow}
      </button>
      <Dialog
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={text.withdrawTitle}
        body={text.withdrawBody}
      >
        <DialogButtons>
          <Button data-autofocus onClick={() => withdraw(false)}>
            {text.keep}
          </Button>
          <Button color="red" variant="light" onClick={() => withdraw(true)}>
            {text.erase}
          </Button>
          <Button variant="default" onClick={() => setAsking(false)}>
            {text.cancel}
          </Button>
        </DialogButtons>
      </Dialog>
    </div>
  );
}

/** Muted and camera off are recorded as silence and slate; with no device ever opened there is no file. */
function hasMedia({ camera, microphone, screen }: DevicesSnapshot): boolean {
  return [camera.status, microphone.status, screen.status].some(
    (status) => status === 'on' || status === 'muted',
  );
}
