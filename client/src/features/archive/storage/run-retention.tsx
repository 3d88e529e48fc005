import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { useServices } from '#client/services/services.ts';
import { formatBytes } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { FaultNotice } from '#client/ui/fault-notice.tsx';
import { Notice } from '#client/ui/notice.tsx';
import { QuestionDialog } from '#client/ui/question-dialog.tsx';
import type { RetentionPlan } from '#protocol/http/storage.ts';
import { RECORDINGS, STORAGE, useRecordingAction } from '../queries.ts';

/** Carries out the saved rules at once, after a question, and says what that has set free. */
export function RunRetention({ plan }: { plan: RetentionPlan }) {
  const { locale, retention: text } = useText();
  const [isAsking, question] = useDisclosure();
  const { archive } = useServices();
  const run = useRecordingAction(() => archive.runRetention(), [RECORDINGS, STORAGE]);
  const { data: result, error, isPending } = run;
  return (
    <>
      <div role="status">
        {result && result.recordings > 0 && (
          <Notice kind="info">{text.ran(result.recordings, formatBytes(result.bytes, locale))}</Notice>
        )}
      </div>
      {result && result.failed > 0 && <Notice kind="error">{text.runFailed(result.failed)}</Notice>}
      <FaultNotice cause={error} />
      {plan.count > 0 && (
        <div>
          <Button
            variant="default"
            loading={isPending}
            leftSection={<IconTrash size={18} aria-hidden="true" />}
            onClick={question.open}
          >
            {text.run}
          </Button>
        </div>
      )}
      <QuestionDialog
        opened={isAsking}
        isDangerous
        title={text.runTitle(plan.count)}
        body={text.runBody(formatBytes(plan.bytes, locale))}
        yes={text.runYes}
        no={text.cancel}
        onClose={question.close}
        onYes={() => run.mutate(undefined)}
      />
    </>
  );
}
