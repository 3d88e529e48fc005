import { Button } from '@mantine/core';
import { useState } from 'react';
import { useServices } from '#client/services/services.ts';
import { formatClock } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { Card } from '#client/ui/card.tsx';
import { FaultNotice } from '#client/ui/fault-notice.tsx';
import { QuestionDialog } from '#client/ui/question-dialog.tsx';
import type { Manifest } from '#protocol/manifest.ts';
import { useRecordingAction } from '../queries.ts';
import classes from './recording.module.css';

/** Who was there; what there is of somebody is erased on their request. */
export function PeoplePanel({ manifest, mayErase }: { manifest: Manifest; mayErase: boolean }) {
  const { report: text, locale } = useText();
  const { archive } = useServices();
  const [asked, setAsked] = useState<{ connectionId: string; name: string }>();
  const erasure = useRecordingAction((connectionId: string) =>
    archive.erasePerson(manifest.recordingId, connectionId),
  );
  const openEnd = manifest.state === 'recording' ? text.stillThere : text.toTheEnd;
  const recorded = new Set(manifest.files.map(({ connectionId }) => connectionId));
  return (
    <Card compact title={text.people}>
      <ul className={classes.list}>
        {manifest.people.map(({ connectionId, joinedAtMs, leftAtMs, name, role }) => (
          <li key={`${connectionId}/${joinedAtMs}`}>
            <span className={classes.words}>
              <strong>{name}</strong>
              {role === 'host' && <span className={classes.sign}>{text.hostSign}</span>}
              <span className={classes.soft}>
                {text.cameFor(
                  formatClock(joinedAtMs, locale),
                  leftAtMs === undefined ? openEnd : formatClock(leftAtMs, locale),
                )}
                {!recorded.has(connectionId) && ` · ${text.notRecorded}`}
              </span>
            </span>
            {mayErase && recorded.has(connectionId) && (
              <Button
                variant="subtle"
                color="red"
                size="compact-sm"
                aria-label={text.erasePerson(name)}
                loading={erasure.isPending && erasure.variables === connectionId}
                onClick={() => setAsked({ connectionId, name })}
              >
                {text.erase}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <FaultNotice cause={erasure.error} />
      <QuestionDialog
        opened={asked !== undefined}
        isDangerous
        title={text.eraseTitle(asked?.name ?? '')}
        body={text.eraseBody}
        yes={text.eraseYes}
        no={text.keep}
        onClose={() => setAsked(undefined)}
        onYes={() => asked && erasure.mutate(asked.connectionId)}
      />
    </Card>
  );
}

/** Who was told, who agreed, declined or withdrew, and when. */
export function ConsentLedger({ manifest }: { manifest: Manifest }) {
  const { report: text, locale } = useText();
  if (manifest.consent.length === 0) return null;
  return (
    <Card compact title={text.consent}>
      <p className={classes.soft}>{text.consentHint}</p>
      <ol className={classes.list}>
        {manifest.consent.map(({ atMs, connectionId, consent, erase, name }) => (
          <li key={`${atMs}/${connectionId}/${consent}`}>
            <span className={classes.words}>
              <strong>{name}</strong> {text.consentWords[consent]}
              {erase === true && `, ${text.erased}`}
            </span>
            <time className={classes.soft} dateTime={new Date(atMs).toISOString()}>
              {formatClock(atMs, locale)}
            </time>
          </li>
        ))}
      </ol>
    </Card>
  );
}
