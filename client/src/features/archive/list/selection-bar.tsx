import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { formatBytes } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { Notice } from '#client/ui/notice.tsx';
import { QuestionDialog } from '#client/ui/question-dialog.tsx';
import classes from './recordings-list.module.css';
import { useBulkDeletion } from './use-bulk-deletion.ts';
import type { Selection } from './use-selection.ts';

/** What can be done with the chosen recordings, within reach while the list is long; then how it went. */
export function SelectionBar({ selection }: { selection: Selection }) {
  const text = useText();
  const { list, locale } = text;
  const [isAsking, question] = useDisclosure();
  const { deletion, forget, run } = useBulkDeletion();
  const { chosen } = selection;
  const remain =
    deletion.status === 'over' ? deletion.failed.map(({ recording }) => recording.recordingId) : [];
  // Whoever chooses anew is done with what was deleted before.
  if (deletion.status === 'over' && chosen.some(({ recordingId }) => !remain.includes(recordingId))) forget();
  const size = formatBytes(
    chosen.reduce((sum, { bytes }) => sum + bytes, 0),
    locale,
  );
  const isRunning = deletion.status === 'running';
  const remove = async (): Promise<void> => {
    const failed = await run(chosen);
    selection.set(failed.map(({ recording }) => recording.recordingId));
  };
  return (
    <>
      <div role="status">
        {deletion.status === 'over' && deletion.deleted > 0 && chosen.length === 0 && (
          <Notice kind="info">{list.deleted(deletion.deleted)}</Notice>
        )}
      </div>
      {deletion.status === 'over' && deletion.failed.length > 0 && (
        <Notice kind="error">
          {list.notDeleted}
          <ul className={classes.failures}>
            {deletion.failed.map(({ fault, recording }) => (
              <li key={recording.recordingId}>
                {recording.meetingName || recording.recordingId}: {text.fault(fault.toBody())}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {chosen.length > 0 && (
        <section className={classes.bar} aria-label={list.selection}>
          <span className={classes.barWords} aria-live="polite">
            {isRunning ? list.deleting(deletion.done + 1, deletion.all) : list.selected(chosen.length, size)}
          </span>
          <Button variant="subtle" color="gray" disabled={isRunning} onClick={() => selection.set([])}>
            {list.unselect}
          </Button>
          <Button
            color="red.9"
            loading={isRunning}
            leftSection={<IconTrash size={18} aria-hidden="true" />}
            onClick={question.open}
          >
            {list.delete}
          </Button>
        </section>
      )}
      <QuestionDialog
        opened={isAsking}
        isDangerous
        title={list.deleteTitle(chosen.length)}
        body={list.deleteBody(size)}
        yes={list.deleteYes}
        no={list.keep}
        onClose={question.close}
        onYes={() => void remove()}
      />
    </>
  );
}
