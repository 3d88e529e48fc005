import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useText } from '../text/use-text.ts';
import { Dialog, DialogButtons } from './dialog.tsx';

/** Asks for a key that whoever runs the server has given out. */
export function KeyDialog({
  body,
  isWrong,
  onCancel,
  onKey,
  opened,
}: {
  opened: boolean;
  /** What the key is for. */
  body: string;
  /** One was given, and it was not right. */
  isWrong: boolean;
  onKey: (key: string) => void;
  onCancel: () => void;
}) {
  const { keys: text } = useText();
  const [key, setKey] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (key !== '') onKey(key);
  };
  return (
    <Dialog opened={opened} onClose={onCancel} title={text.title} body={body}>
      <form onSubmit={submit} noValidate>
        <PasswordInput
          data-autofocus
          mb="lg"
          label={text.label}
          value={key}
          autoComplete="off"
          error={isWrong && text.wrong}
          onChange={({ currentTarget }) => setKey(currentTarget.value)}
        />
        <DialogButtons>
          <Button type="submit">{text.goOn}</Button>
          <Button variant="default" onClick={onCancel}>
            {text.cancel}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
