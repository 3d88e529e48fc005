import { Button, Modal, PasswordInput, Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useText } from '../text/use-text.ts';
import classes from './dialog.module.css';

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
    <Modal
      opened={opened}
      onClose={onCancel}
      title={text.title}
      classNames={{ title: classes.title ?? '' }}
      withCloseButton={false}
    >
      <form onSubmit={submit} noValidate>
        <Text size="sm" mb="md">
          {body}
        </Text>
        <PasswordInput
          data-autofocus
          mb="lg"
          label={text.label}
          value={key}
          autoComplete="off"
          error={isWrong && text.wrong}
          onChange={({ currentTarget }) => setKey(currentTarget.value)}
        />
        <div className={classes.buttons}>
          <Button type="submit">{text.goOn}</Button>
          <Button variant="default" onClick={onCancel}>
            {text.cancel}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
