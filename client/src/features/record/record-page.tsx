import { Button, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { PERSON_NAME_MAX_LENGTH } from '#protocol/identifiers.ts';
import { useServices, useStore } from '../../services/services.ts';
import type { SoloSession } from '../../session/solo/solo-session.ts';
import { useText } from '../../text/use-text.ts';
import { ConnectionState } from '../../ui/connection-state.tsx';
import { PageFrame } from '../../ui/page-frame.tsx';
import { OwnPicture } from './own-picture.tsx';
import { RecordNotices } from './record-notices.tsx';
import classes from './record-page.module.css';
import { SoloKey } from './solo-key.tsx';
import { Written } from './written.tsx';

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
      <div className={classes.page}>
        <OwnPicture snapshot={snapshot} />
        <section className={classes.side}>
          <h1 className={classes.title}>{text.title}</h1>
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
