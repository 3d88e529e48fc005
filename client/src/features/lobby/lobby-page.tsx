import { Button, Skeleton } from '@mantine/core';
import { Link } from 'react-router';
import { DeviceProblems } from '../../devices/device-notices.tsx';
import { DevicePickers } from '../../devices/device-pickers.tsx';
import { DeviceToggles } from '../../devices/device-toggles.tsx';
import { useServices, useStore } from '../../services/services.ts';
import { type DevicesSnapshot, trackOf } from '../../session/capture/input-state.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import { useText } from '../../text/use-text.ts';
import { ConnectionState } from '../../ui/connection-state.tsx';
import { ConsentDialog } from '../../ui/consent-dialog.tsx';
import { Picture } from '../../ui/media-elements.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PageFrame } from '../../ui/page-frame.tsx';
import { ResultPage } from '../../ui/result-page.tsx';
import split from '../../ui/split-page.module.css';
import { JoinForm } from './join-form.tsx';
import classes from './lobby-page.module.css';

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
      <div className={`${split.page} ${classes.page}`}>
        <section className={classes.stage}>
          <Preview session={session} devices={devices} />
          <DevicePickers devices={session.devices} snapshot={devices} />
        </section>
        <section className={classes.side}>
          <div>
            <p className={classes.kicker}>{text.lobby.title}</p>
            <h1 className={split.title}>
              {meeting.status === 'found' ? (
                meeting.name
              ) : (
                // As tall while it is looked up as afterwards.
                <Skeleton
                  component="span"
                  className={classes.titleSkeleton ?? ''}
                  aria-label={text.lobby.loading}
                />
              )}
            </h1>
          </div>
          {self?.role === 'host' && <p className={classes.hint}>{text.lobby.asHost}</p>}
          <JoinForm session={session} isJoining={phase.name !== 'lobby'} />
          <div className={classes.notices}>
            {error && <Notice kind="error">{text.fault(error)}</Notice>}
            {phase.name === 'waiting' && (
              <Notice
                kind="info"
                button={{ words: text.lobby.stopWaiting, press: () => session.cancelJoin() }}
              >
                <span role="status">{text.lobby.waiting}</span>
              </Notice>
            )}
            {recording.status !== 'off' && <Notice kind="warning">{text.lobby.recorded}</Notice>}
            {snapshot.isElsewhere && <Notice kind="warning">{text.lobby.elsewhere}</Notice>}
            {!carriesCalls && <Notice kind="warning">{text.meeting.noCallsHere}</Notice>}
            {!snapshot.canReceiveH264 && <Notice kind="warning">{text.meeting.noH264}</Notice>}
            {devices.camera.status === 'opening' && devices.microphone.status === 'opening' && (
              <Notice kind="info">{text.lobby.asking}</Notice>
            )}
            <DeviceProblems snapshot={devices} withNeither={text.lobby.nothing} />
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

/** One's own picture as the others will see it (mirrored), and the two toggles. */
function Preview({ session, devices }: { session: MeetingSession; devices: DevicesSnapshot }) {
  const { lobby: text } = useText();
  const { camera } = devices;
  const track = trackOf(camera);
  return (
    <div className={`${split.picture} ${classes.preview}`}>
      {track ? (
        <Picture track={track} mirrored />
      ) : (
        <p className={classes.placeholder}>
          {camera.status === 'opening' ? text.cameraOpening : text.cameraOff}
        </p>
      )}
      <div className={classes.toggles}>
        <DeviceToggles devices={session.devices} snapshot={devices} />
      </div>
    </div>
  );
}
