import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useText } from '#client/text/use-text.ts';
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
  /** One page forwards or back; at the ends it changes nothing. */
  onTurn: (by: 1 | -1) => void;
}) {
  const { stage } = useText();
  return (
    <nav className={classes.control} aria-label={stage.pages}>
      <ActionIcon
        variant="subtle"
        radius="xl"
        aria-label={stage.previousPage}
        aria-disabled={page === 0}
        onClick={() => onTurn(-1)}
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
        onClick={() => onTurn(1)}
      >
        <IconChevronRight size={20} aria-hidden="true" />
      </ActionIcon>
    </nav>
  );
}
