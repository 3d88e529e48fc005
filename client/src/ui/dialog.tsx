import { Modal, type ModalProps, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './dialog.module.css';

type Props = Pick<ModalProps, 'opened' | 'onClose' | 'size' | 'closeOnClickOutside' | 'closeOnEscape'> & {
  title: string;
  /** What it says or asks before everything else. */
  body?: string;
  /** The name of a button in its corner; without it, it is answered. */
  closeLabel?: string;
  children: ReactNode;
};

/** What every dialog is built on. */
export function Dialog({ body, closeLabel, children, ...modal }: Props) {
  return (
    <Modal
      {...modal}
      classNames={{ title: classes.title ?? '' }}
      withCloseButton={closeLabel !== undefined}
      closeButtonProps={{ 'aria-label': closeLabel }}
    >
      {body && (
        <Text size="sm" mb="lg">
          {body}
        </Text>
      )}
      {children}
    </Modal>
  );
}

/** Its answers, side by side. */
export function DialogButtons({ children }: { children: ReactNode }) {
  return <div className={classes.buttons}>{children}</div>;
}
