import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { Fault } from '#protocol/errors.ts';
import { MEETING_NAME_MAX_LENGTH } from '#protocol/identifiers.ts';
import { useServices } from '../../services/services.ts';
import { meetingIdFrom } from '../../session/meeting-link.ts';
import { type WantedKey, wantedKey } from '../../session/wanted-key.ts';
import { useText } from '../../text/use-text.ts';
import { KeyDialog } from '../../ui/key-dialog.tsx';
import { PageFrame } from '../../ui/page-frame.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import classes from './home-page.module.css';
import { RecentList } from './recent-list.tsx';

/** `/`: make a meeting, go to one, or come back to one. */
export function HomePage() {
  const { home, frame, solo } = useText();
  usePageTitle(undefined);
  return (
    <PageFrame
      actions={
        <Button component={Link} to="/admin" variant="subtle" color="gray">
          {frame.recordings}
        </Button>
      }
    >
      <div className={classes.page}>
        <section>
          <h1 className={classes.title}>{home.title}</h1>
          <p className={classes.lead}>{home.lead}</p>
          <CreateMeeting />
        </section>
        <section className={classes.side}>
          <div className={classes.card}>
            <h2 className={classes.heading}>{home.joinTitle}</h2>
            <GoToMeeting />
          </div>
          <div className={classes.card}>
            <h2 className={classes.heading}>{home.aloneTitle}</h2>
            <p className={classes.hint}>{solo.lead}</p>
            <Button component={Link} to="/record" variant="default" mt="sm">
              {solo.title}
            </Button>
          </div>
          <div className={classes.card}>
            <h2 className={classes.heading}>{home.recent}</h2>
            <RecentList />
          </div>
        </section>
      </div>
    </PageFrame>
  );
}

function CreateMeeting() {
  const text = useText();
  const { archive, clock, recent } = useServices();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const [wanted, setWanted] = useState<WantedKey>();

  const create = async (key?: string): Promise<void> => {
    const called = name.trim() || text.home.untitled(clock.nowMs());
    setBusy(true);
    try {
      const { meetingId, hostKey } = await archive.createMeeting(called, key);
      recent.add({ meetingId, name: called, hostKey });
      await navigate(`/m/${meetingId}`);
    } catch (cause) {
      const error = Fault.from(cause).toBody();
      const asked = wantedKey(error);
      setWanted(asked);
      if (!asked) setProblem(text.fault(error));
      setBusy(false);
    }
  };

  return (
    <>
      <form
        className={classes.create}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void create();
        }}
        noValidate
      >
        <TextInput
          className={classes.grow ?? ''}
          size="md"
          label={text.home.meetingName}
          placeholder={text.home.meetingNameHint}
          value={name}
          maxLength={MEETING_NAME_MAX_LENGTH}
          autoComplete="off"
          error={problem}
          onChange={({ currentTarget }) => {
            setName(currentTarget.value);
            setProblem(undefined);
          }}
        />
        <Button className={classes.beside ?? ''} type="submit" size="md" loading={isBusy}>
          {text.home.newMeeting}
        </Button>
      </form>
      <KeyDialog
        opened={wanted !== undefined}
        body={text.keys.create}
        isWrong={wanted?.isWrong ?? false}
        onKey={(key) => void create(key)}
        onCancel={() => setWanted(undefined)}
      />
    </>
  );
}

function GoToMeeting() {
  const { home } = useText();
  const navigate = useNavigate();
  const [link, setLink] = useState('');
  const [problem, setProblem] = useState<string>();

  const go = (event: FormEvent): void => {
    event.preventDefault();
    const meetingId = meetingIdFrom(link);
    if (meetingId === undefined) setProblem(home.linkWrong);
    else void navigate(`/m/${meetingId}`);
  };

  return (
    <form className={classes.row} onSubmit={go} noValidate>
      <TextInput
        className={classes.grow ?? ''}
        label={home.link}
        value={link}
        autoComplete="off"
        inputMode="url"
        error={problem}
        onChange={({ currentTarget }) => {
          setLink(currentTarget.value);
          setProblem(undefined);
        }}
      />
      <Button className={classes.beside ?? ''} type="submit" variant="default">
        {home.join}
      </Button>
    </form>
  );
}
