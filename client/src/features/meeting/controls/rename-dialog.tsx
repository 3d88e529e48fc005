import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useText } from '#client/text/use-text.ts';
import { Dialog, DialogButtons } from '#client/ui/dialog.tsx';
import { MEETING_NAME_MAX_LENGTH } from '#protocol/identifiers.ts';

interface FormProps {
  /** As it is called now. */
  name: string;
  onName: (name: string) => void;
  onClose: () => void;
}

/** Another name for the meeting that goes on. */
export function RenameDialog({ opened, ...form }: FormProps & { opened: boolean }) {
  const { controls } = useText();
  return (
    <Dialog opened={opened} onClose={form.onClose} title={controls.rename}>
      <NameForm {...form} />
    </Dialog>
  );
}

/** Begins with the name as it is whenever it is opened. */
function NameForm({ name, onName, onClose }: FormProps) {
  const { controls, home } = useText();
  const [wanted, setWanted] = useState(name);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const trimmed = wanted.trim();
    if (trimmed === '') return;
    if (trimmed !== name) onName(trimmed);
    onClose();
  };
  return (
    <form onSubmit={submit} noValidate>
      <TextInput
        data-autofocus
        mb="lg"
        label={home.meetingName}
        description={controls.renameHint}
        value={wanted}
        maxLength={MEETING_NAME_MAX_LENGTH}
        autoComplete="off"
        onChange={({ currentTarget }) => setWanted(currentTarget.value)}
      />
      <DialogButtons>
        <Button type="submit" disabled={wanted.trim() === ''}>
          {controls.saveName}
        </Button>
        <Button variant="default" onClick={onClose}>
          {controls.cancel}
        </Button>
      </DialogButtons>
    </form>
  );
}
