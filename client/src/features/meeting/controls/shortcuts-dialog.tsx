import { Kbd, Switch } from '@mantine/core';
import { useText } from '#client/text/use-text.ts';
import { Dialog } from '#client/ui/dialog.tsx';
import { COMMAND_NAMES, type Commands, KEYS } from './commands.ts';
import classes from './shortcuts-dialog.module.css';

/** The sheet of keys; they can be switched off, since some people press keys they do not mean (WCAG 2.1.4). */
export function ShortcutsDialog({
  opened,
  commands,
  isOn,
  onSwitch,
  onClose,
}: {
  opened: boolean;
  commands: Commands;
  isOn: boolean;
  onSwitch: (isOn: boolean) => void;
  onClose: () => void;
}) {
  const { controls } = useText();
  return (
    <Dialog opened={opened} onClose={onClose} title={controls.shortcuts} closeLabel={controls.close}>
      <dl className={classes.keys} data-off={!isOn || undefined}>
        {COMMAND_NAMES.filter((name) => commands[name]).map((name) => (
          <div key={name} className={classes.row}>
            <dt>{controls.commands[name]}</dt>
            <dd className={classes.key}>
              <Kbd>{keyName(KEYS[name])}</Kbd>
            </dd>
          </div>
        ))}
      </dl>
      <Switch
        label={controls.useShortcuts}
        description={controls.shortcutsHint}
        checked={isOn}
        onChange={({ currentTarget }) => onSwitch(currentTarget.checked)}
      />
    </Dialog>
  );
}

/** As it is written on keyboards. */
function keyName(key: string): string {
  return key.length === 1 ? key.toUpperCase() : key.replace('Page', 'Page ');
}
