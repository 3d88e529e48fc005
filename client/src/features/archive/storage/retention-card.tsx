import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useServices } from '#client/services/services.ts';
import { fieldsOf, rulesOf, sameRules } from '#client/session/archive/retention-form.ts';
import { formatBytes, gigabyteSign } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { Card } from '#client/ui/card.tsx';
import { FaultNotice } from '#client/ui/fault-notice.tsx';
import { Notice } from '#client/ui/notice.tsx';
import { QuestionDialog } from '#client/ui/question-dialog.tsx';
import type { Retention } from '#protocol/http/storage.ts';
import { STORAGE, useRecordingAction } from '../queries.ts';
import { RetentionPlanList } from './retention-plan-list.tsx';
import { RunRetention } from './run-retention.tsx';
import classes from './storage.module.css';

/** A pause this long in typing a number: it is whole. */
const PAUSE_MS = 300;

/** The rules by which recordings are deleted: what they would do is shown before they are saved. */
export function RetentionCard({ inForce }: { inForce: Retention }) {
  const { locale, retention: text } = useText();
  const [fields, setFields] = useState(() => fieldsOf(inForce));
  const [isAsking, question] = useDisclosure();
  const { archive } = useServices();
  const saving = useRecordingAction((rules: Retention) => archive.setRetention(rules), [STORAGE]);
  const { rules, wrong } = rulesOf(fields);
  const [settled] = useDebouncedValue(fields, PAUSE_MS);
  const { data: plan, error, isPlaceholderData } = useRetentionPlan(rulesOf(settled).rules);
  const isPlanned = plan !== undefined && settled === fields && !isPlaceholderData;
  const isSaved = rules !== undefined && sameRules(rules, inForce);
  const hasRules = rules !== undefined && (rules.days !== null || rules.maxBytes !== null);

  const save = (): void => {
    if (rules) saving.mutate(rules);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isPlanned || isSaved || !rules) return;
    if (plan.count > 0) question.open();
    else save();
  };
  const edit = (change: Partial<typeof fields>): void => {
    saving.reset();
    setFields({ ...fields, ...change });
  };
  return (
    <Card title={text.title}>
      <p className={classes.remark}>{text.lead}</p>
      <form className={classes.rules} onSubmit={submit} noValidate>
        <TextInput
          label={text.byAge}
          description={text.emptyIsNone}
          inputMode="numeric"
          rightSection={<span className={classes.unit}>{text.daysUnit}</span>}
          rightSectionWidth={64}
          value={fields.days}
          error={wrong.days && text.wrongDays}
          onChange={({ currentTarget }) => edit({ days: currentTarget.value })}
        />
        <TextInput
          label={text.bySize}
          description={text.emptyIsNone}
          inputMode="decimal"
          rightSection={<span className={classes.unit}>{gigabyteSign(locale)}</span>}
          rightSectionWidth={64}
          value={fields.gigabytes}
          error={wrong.gigabytes && text.wrongSize}
          onChange={({ currentTarget }) => edit({ gigabytes: currentTarget.value })}
        />
        <Button type="submit" disabled={!rules || isSaved} loading={saving.isPending}>
          {text.save}
        </Button>
      </form>
      <FaultNotice cause={error ?? saving.error} />
      <div className={classes.outcome} role="status" aria-busy={!isPlanned}>
        {saving.isSuccess && isSaved && <Notice kind="info">{text.saved}</Notice>}
        {rules && !hasRules && <p className={classes.remark}>{text.noRules}</p>}
        {hasRules && plan && <RetentionPlanList plan={plan} />}
      </div>
      {isSaved && isPlanned && <RunRetention plan={plan} />}
      <QuestionDialog
        opened={isAsking}
        isDangerous
        title={text.saveTitle}
        body={plan ? text.saveBody(plan.count, formatBytes(plan.bytes, locale)) : ''}
        yes={text.saveYes}
        no={text.cancel}
        onClose={question.close}
        onYes={save}
      />
    </Card>
  );
}

/** What such rules would delete now; nothing is asked for rules that are not understood. */
function useRetentionPlan(rules: Retention | undefined) {
  const { archive } = useServices();
  return useQuery({
    queryKey: [...STORAGE, 'plan', rules],
    queryFn: () => archive.planRetention(rules ?? { days: null, maxBytes: null }),
    enabled: rules !== undefined,
    placeholderData: keepPreviousData,
  });
}
