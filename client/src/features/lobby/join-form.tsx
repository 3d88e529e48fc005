import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { PERSON_NAME_MAX_LENGTH } from '#protocol/identifiers.ts';
import { useServices } from '../../services/services.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import { useText } from '../../text/use-text.ts';
import classes from './lobby-page.module.css';

/** The name, which this browser remembers, and the way in. */
export function JoinForm({ session, isJoining }: { session: MeetingSession; isJoining: boolean }) {
  const { lobby } = useText();
  const { preferences } = useServices();
  const [name, setName] = useState(preferences.name);
  const [isMissing, setMissing] = useState(false);

  const join = (event: FormEvent): void => {
    event.preventDefault();
    const trimmed = name.trim();
    setMissing(trimmed === '');
    if (trimmed !== '') void session.join(trimmed);
  };

  return (
    <form className={classes.form} onSubmit={join} noValidate>
      <TextInput
        size="md"
        label={lobby.yourName}
        value={name}
        maxLength={PERSON_NAME_MAX_LENGTH}
        autoComplete="name"
        error={isMissing && lobby.nameNeeded}
        onChange={({ currentTarget }) => {
          setName(currentTarget.value);
          setMissing(false);
        }}
      />
      <Button type="submit" size="md" fullWidth loading={isJoining}>
        {lobby.join}
      </Button>
    </form>
  );
}
