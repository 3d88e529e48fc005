import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useServices } from '#client/services/services.ts';
import { useText } from '#client/text/use-text.ts';
import { Card } from '#client/ui/card.tsx';
import { FaultNotice } from '#client/ui/fault-notice.tsx';
import { Notice } from '#client/ui/notice.tsx';
import { Fault } from '#protocol/errors.ts';
import { SESSION } from '../queries.ts';
import classes from './account.module.css';

const MIN_LENGTH = 8;

/** Changes the administrator's password. */
export function PasswordForm() {
  const { account: text, fault } = useText();
  const { archive } = useServices();
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [isShort, setShort] = useState(false);
  const change = useMutation({
    mutationFn: () => archive.changePassword(current, next),
    onSuccess: (session) => {
      client.setQueryData(SESSION, session);
      setCurrent('');
      setNext('');
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setShort(next.length < MIN_LENGTH);
    if (current !== '' && next.length >= MIN_LENGTH) change.mutate();
  };
  const refusal = change.error && Fault.from(change.error);
  const isWrong = refusal?.code === 'password-wrong';
  return (
    <Card title={text.passwordTitle}>
      <form className={classes.form} onSubmit={submit} noValidate>
        {/* Tells password managers whose password it is. */}
        <input type="text" name="username" value="admin" autoComplete="username" readOnly hidden />
        <PasswordInput
          label={text.current}
          value={current}
          autoComplete="current-password"
          error={isWrong && fault(refusal.toBody())}
          onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
        />
        <PasswordInput
          label={text.next}
          description={text.nextHint}
          value={next}
          autoComplete="new-password"
          error={isShort && text.tooShort}
          onChange={({ currentTarget }) => {
            setNext(currentTarget.value);
            if (currentTarget.value.length >= MIN_LENGTH) setShort(false);
          }}
        />
        <FaultNotice cause={isWrong ? undefined : change.error} />
        <div role="status">{change.isSuccess && <Notice kind="info">{text.changed}</Notice>}</div>
        <Button type="submit" loading={change.isPending}>
          {text.change}
        </Button>
      </form>
    </Card>
  );
}
