import { Button } from '@mantine/core';
import { IconScreenShare } from '@tabler/icons-react';
import { useText } from '#client/text/use-text.ts';
import classes from './sharing-state.module.css';

/** Nobody forgets that their screen is seen, and everybody finds where that ends. */
export function SharingState({ onStop }: { onStop: () => void }) {
  const { controls } = useText();
  return (
    <div className={classes.state} role="status">
      <IconScreenShare size={18} stroke={1.7} aria-hidden="true" />
      <span>{controls.sharing}</span>
      <Button size="compact-sm" onClick={onStop}>
        {controls.stopSharing}
      </Button>
    </div>
  );
}
