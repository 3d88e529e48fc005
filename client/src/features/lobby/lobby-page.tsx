import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { DevicePickers } from '../../devices/device-pickers.tsx';
import { useServices, useStore } from '../../services/services.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import { useText } from '../../text/use-text.ts';
import { ConnectionState } from '../../ui/connection-state.tsx';
import { ConsentDialog } from '../../ui/consent-dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PageFrame } from '../../ui/page-frame.tsx';
import { ResultPage } from '../../ui/result-page.tsx';
import { DeviceHelp } from './device-help.tsx';
import { JoinForm } from './join-form.tsx';
import classes from './lobby-page.module.css';
import { MeetingTitle } from './meeting-title.tsx';
import { Preview } from './preview.tsx';

/** `/m/<meeting>` before joining: who one is, and what one will be seen and heard with. */
export function LobbyPage({ session }: { session: MeetingSession }) {
  const text = useText();
  const { carriesCalls } = useServices();
  const snapshot = useStore(session);
  const devices = useStore(session.devices);
  const { connection, meeting, phase, recording, self } = snapshot;

  if (meeting.status === 'missing') {
    return (
      <PageFrame>
        <ResultPage
          title={text.lobby.missingTitle}
          actions={
            <>
              <Button variant="default" onClick={() => window.location.reload()}>
                {text.lobby.retry}
              </Button>
              <Button component={Link} to="/">
                {text.frame.toHome}
              </Button>
            </>
          }
        >
          <p role="alert">{text.fault(meeting.error)}</p>
        </ResultPage>
      </PageFrame>
    );
  }

  const error =
    phase.name === 'lobby' && phase.error
      ? phase.error
      : connection.status === 'refused'
        ? connection.error
        : undefined;
  return (
    <PageFrame actions={<ConnectionState status={connection.status} />}>
      <div className={classes.page}>
        <section className={classes.stage}>
          <Preview session={session} devices={devices} />
          <DevicePickers devices={session.devices} snapshot={devices} />
        </section>
        <section className={classes.side}>
          <MeetingTitle meeting={meeting} />
          {self?.role === 'host' && <p className={classes.hint}>{text.lobby.asHost}</p>}
          <JoinForm session={session} isJoining={phase.name !== 'lobby'} />
          <div className={classes.notices}>
            {error && <Notice kind="error">{text.fault(error)}</Notice>}
            {phase.name === 'waiting' && (
              <Notice
                kind="info"
                action={
                  <Button size="xs" variant="default" onClick={() => session.cancelJoin()}>
                    {text.lobby.stopWaiting}
                  </Button>
                }
              >
                <span role="status">{text.lobby.waiting}</span>
              </Notice>
            )}
            {recording.status !== 'off' && <Notice kind="warning">{text.lobby.recorded}</Notice>}
            {snapshot.isElsewhere && <Notice kind="warning">{text.lobby.elsewhere}</Notice>}
            {!carriesCalls && <Notice kind="warning">{text.meeting.noCallsHere}</Notice>}
            {!snapshot.canReceiveH264 && <Notice kind="warning">{text.meeting.noH264}</Notice>}
            <DeviceHelp devices={devices} />
          </div>
        </section>
      </div>
      <ConsentDialog
        opened={phase.name === 'asking'}
        onAnswer={(answer) => void session.answerConsent(answer)}
        onCancel={() => session.cancelJoin()}
      />
    </PageFrame>
  );
}
