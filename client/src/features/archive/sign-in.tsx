import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Fault } from '../../../../protocol/errors.ts';
import { useText } from '../../text/use-text.ts';
import { PageFrame } from '../../ui/page-frame.tsx';
import classes from './archive.module.css';
import { useSignIn } from './queries.ts';

/** The administrator's way in. */
export function SignIn() {
  const text = useText();
  const signIn = useSignIn();
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (password !== '') signIn.mutate(password);
  };
  return (
    <PageFrame>
      <form className={classes.signIn} onSubmit={submit} noValidate>
        <h1 className={classes.signInTitle}>{text.archive.signInTitle}</h1>
        <PasswordInput
          size="md"
          label={text.archive.password}
          description={text.archive.passwordHint}
          value={password}
          autoComplete="current-password"
          error={signIn.error && text.fault(Fault.from(signIn.error).toBody())}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        />
        <Button type="submit" size="md" fullWidth loading={signIn.isPending}>
          {text.archive.signIn}
        </Button>
      </form>
    </PageFrame>
  );
}
