import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useText } from '../../../text/use-text.ts';
import classes from './page-control.module.css';

/** Turns the pages of people. At the ends its buttons stay reachable: focus is not lost where there is no further page. */
export function PageControl({
  page,
  pages,
  onTurn,
}: {
  /** The open page, from 0. */
  page: number;
  pages: number;
  onTurn: (page: number) => void;
}) {
  const { stage } = useText();
  const turnTo = (next: number): void => {
    if (next >= 0 && next < pages) onTurn(next);
  };
  return (
    <nav className={classes.control} aria-label={stage.pages}>
      <ActionIcon
        variant="subtle"
        radius="xl"
        aria-label={stage.previousPage}
        aria-disabled={page === 0}
        onClick={() => turnTo(page - 1)}
      >
        <IconChevronLeft size={20} aria-hidden="true" />
      </ActionIcon>
      <span className={classes.count} aria-live="polite">
        {stage.page(page + 1, pages)}
      </span>
      <ActionIcon
        variant="subtle"
        radius="xl"
        aria-label={stage.nextPage}
        aria-disabled={page === pages - 1}
        onClick={() => turnTo(page + 1)}
      >
        <IconChevronRight size={20} aria-hidden="true" />
      </ActionIcon>
    </nav>
  );
}
