import { Button, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { PERSON_NAME_MAX_LENGTH } from '#protocol/identifiers.ts';
import { useServices, useStore } from '../../services/services.ts';
import { trackOf } from '../../session/capture/input-state.ts';
import type { SoloSession, SoloSnapshot } from '../../session/solo/solo-session.ts';
import { formatBytes, formatDuration } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import { ConnectionState } from '../../ui/connection-state.tsx';
import { Picture } from '../../ui/media-elements.tsx';
import { PageFrame } from '../../ui/page-frame.tsx';
import split from '../../ui/split-page.module.css';
import { RecordNotices } from './record-notices.tsx';
import classes from './record-page.module.css';
import { SoloKey } from './solo-key.tsx';

/** Record yourself: what there is to see of it, and its one button. */
export function RecordPage({
  session,
  recordings,
}: {
  session: SoloSession;
  /** What was recorded here; the one that was just finished is open. */
  recordings: (meetingId: string, finishedRecordingId: string | undefined) => ReactNode;
}) {
  const { solo: text } = useText();
  const { preferences } = useServices();
  const snapshot = useStore(session);
  const [name, setName] = useState(preferences.name);
  const { connection, finishedRecordingId, meetingId, step } = snapshot;
  const isOn = step === 'starting' || step === 'recording' || step === 'stopping';
  return (
    <PageFrame actions={<ConnectionState status={connection.status} />}>
      <div className={`${split.page} ${classes.page}`}>
        <OwnPicture snapshot={snapshot} />
        <section className={classes.side}>
          <h1 className={split.title}>{text.title}</h1>
          <p className={classes.lead}>{text.lead}</p>
          {isOn ? (
            <Written snapshot={snapshot} />
          ) : (
            <TextInput
              label={text.name}
              description={text.nameHint}
              value={name}
              maxLength={PERSON_NAME_MAX_LENGTH}
              autoComplete="name"
              onChange={({ currentTarget }) => setName(currentTarget.value)}
            />
          )}
          {isOn ? (
            <Button
              size="lg"
              color="red.9"
              loading={step === 'stopping'}
              leftSection={<span className={classes.square} aria-hidden="true" />}
              onClick={() => void session.stop()}
            >
              {text.stop}
            </Button>
          ) : (
            <Button
              size="lg"
              loading={step === 'opening'}
              disabled={connection.status !== 'connected'}
              leftSection={<span className={classes.dot} aria-hidden="true" />}
              onClick={() => void session.record(name.trim() || text.me)}
            >
              {text.record}
            </Button>
          )}
          <RecordNotices session={session} snapshot={snapshot} />
          <SoloKey session={session} snapshot={snapshot} name={name.trim() || text.me} />
        </section>
      </div>
      {meetingId !== undefined && recordings(meetingId, finishedRecordingId)}
    </PageFrame>
  );
}

/** What the camera sees, mirrored; the light on it is as true as the one of a meeting [D8]. */
function OwnPicture({ snapshot }: { snapshot: SoloSnapshot }) {
  const { lobby, recording: words, solo: text } = useText();
  const { connection, devices, recording } = snapshot;
  const track = devices && trackOf(devices.camera);
  const isOpening = devices?.camera.status === 'opening';
  const isLit = recording.status === 'recording' && connection.status === 'connected';
  return (
    <section
      className={`${split.picture} ${classes.picture}`}
      aria-label={text.picture}
      data-lit={isLit || undefined}
    >
      {track ? (
        <Picture track={track} mirrored />
      ) : (
        <p className={classes.placeholder}>
          {isOpening ? lobby.cameraOpening : devices ? lobby.cameraOff : text.closed}
        </p>
      )}
      {isLit && (
        <div className={classes.light} role="status" aria-label={words.light}>
          <span className={classes.lightDot} aria-hidden="true" />
          {words.light}
        </div>
      )}
    </section>
  );
}

/** Size and time that are on disk, as the recorder says; before that, that it is waited for. */
function Written({ snapshot: { recording, written } }: { snapshot: SoloSnapshot }) {
  const { solo: text, recording: words, locale } = useText();
  if (!written || recording.status !== 'recording') {
    return (
      <p className={classes.waiting} role="status">
        {recording.status === 'lost'
          ? words.lost
          : recording.status === 'waiting'
            ? words.own('stalled')
            : words.starting}
      </p>
    );
  }
  return (
    <dl className={classes.written}>
      <div>
        <dt>{text.time}</dt>
        <dd>{formatDuration(written.durationMs)}</dd>
      </div>
      <div>
        <dt>{text.size}</dt>
        <dd>{formatBytes(written.bytes, locale)}</dd>
      </div>
    </dl>
  );
}
