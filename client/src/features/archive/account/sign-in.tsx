import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { useNow, useServices } from '#client/services/services.ts';
import { secondsUntil } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { PageFrame } from '#client/ui/page-frame.tsx';
import { usePageTitle } from '#client/ui/use-page-title.ts';
import { Fault } from '#protocol/errors.ts';
import classes from '../archive.module.css';
import { useSignIn } from '../queries.ts';

const TICK_MS = 500;

/** The administrator's way in; after too many attempts it counts down the time until the next. */
export function SignIn() {
  const text = useText();
  const { clock } = useServices();
  const signIn = useSignIn();
  const field = useRef<HTMLInputElement>(null);
  const [password, setPassword] = useState('');
  const [heldUntilMs, setHeldUntilMs] = useState(0);
  const leftMs = heldUntilMs - useNow(TICK_MS);
  usePageTitle(text.archive.signIn);

  const fault = signIn.error && Fault.from(signIn.error);
  const isOver = fault?.retryAfterMs !== undefined && leftMs <= 0;
  const problem =
    leftMs > 0 ? text.admin.tryAgainIn(secondsUntil(leftMs)) : fault && !isOver && text.fault(fault.toBody());
  const failed = (cause: unknown): void => {
    setHeldUntilMs(clock.nowMs() + (Fault.from(cause).retryAfterMs ?? 0));
    field.current?.select();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (password === '') field.current?.focus();
    else if (leftMs <= 0) signIn.mutate(password, { onError: failed });
  };
  return (
    <PageFrame>
      <form className={classes.signIn} onSubmit={submit} noValidate>
        <h1 className={classes.signInTitle}>{text.archive.signInTitle}</h1>
        <PasswordInput
          ref={field}
          size="md"
          label={text.archive.password}
          description={text.archive.passwordHint}
          value={password}
          autoComplete="current-password"
          error={problem}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        />
        <Button type="submit" size="md" fullWidth loading={signIn.isPending} disabled={leftMs > 0}>
          {text.archive.signIn}
        </Button>
      </form>
    </PageFrame>
  );
}
