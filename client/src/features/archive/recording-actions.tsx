import { Button } from '@mantine/core';
import { IconFileZip, IconShare, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { RecordingRight } from '#protocol/http/recordings.ts';
import { useServices } from '../../services/services.ts';
import { useText } from '../../text/use-text.ts';
import { FaultNotice } from '../../ui/fault-notice.tsx';
import { QuestionDialog } from '../../ui/question-dialog.tsx';
import classes from './archive.module.css';
import { useRecordingAction } from './queries.ts';
import { ExportControl } from './recording/export-control.tsx';
import { save } from './save.ts';
import { ShareDialog } from './share/share-dialog.tsx';

/** What can be done with a recording as a whole; only what the asker may do is shown. */
export function RecordingActions({
  recordingId,
  may,
  isLive,
  isEmpty,
}: {
  recordingId: string;
  may: RecordingRight[];
  isLive: boolean;
  /** There is nothing to take away. */
  isEmpty: boolean;
}) {
  const { takeAway: text } = useText();
  const { archive } = useServices();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<'share' | 'delete'>();
  const deletion = useRecordingAction(() => archive.deleteRecording(recordingId));
  const close = (): void => setDialog(undefined);
  return (
    <>
      <div className={classes.actions}>
        {!isEmpty && (
          <Button
            variant="default"
            leftSection={<IconFileZip size={18} />}
            onClick={() => save(archive.zipUrl(recordingId), `${recordingId}.zip`)}
          >
            {text.zip}
          </Button>
        )}
        {may.includes('export') && !isLive && !isEmpty && (
          <ExportControl
            recordingId={recordingId}
            body={{ kind: 'group-mp4' }}
            make={text.groupMp4}
            keep={text.exportSave}
          />
        )}
        {may.includes('share') && !isEmpty && (
          <Button variant="default" leftSection={<IconShare size={18} />} onClick={() => setDialog('share')}>
            {text.share}
          </Button>
        )}
        {may.includes('delete') && !isLive && (
          <Button
            variant="default"
            color="red"
            loading={deletion.isPending}
            leftSection={<IconTrash size={18} />}
            onClick={() => setDialog('delete')}
          >
            {text.delete}
          </Button>
        )}
      </div>
      <FaultNotice cause={deletion.error} />
      <ShareDialog recordingId={recordingId} opened={dialog === 'share'} close={close} />
      <QuestionDialog
        opened={dialog === 'delete'}
        isDangerous
        title={text.deleteTitle}
        body={text.deleteBody}
        yes={text.deleteYes}
        no={text.keep}
        onClose={close}
        onYes={() => deletion.mutate(undefined, { onSuccess: () => void navigate('/admin') })}
      />
    </>
  );
}
