import { Button } from '@mantine/core';
import { useState } from 'react';
import { useText } from '#client/text/use-text.ts';
import { Card } from '#client/ui/card.tsx';
import { FaultNotice } from '#client/ui/fault-notice.tsx';
import { QuestionDialog } from '#client/ui/question-dialog.tsx';
import { useSignOut } from '../queries.ts';
import classes from './account.module.css';

/** Ends this browser's session, or everybody's. */
export function SignOutCard() {
  const { account: text } = useText();
  const here = useSignOut('here');
  const everywhere = useSignOut('everywhere');
  const [isAsking, setAsking] = useState(false);
  return (
    <Card title={text.sessionTitle}>
      <p className={classes.words}>{text.sessionBody}</p>
      <div className={classes.buttons}>
        <Button variant="default" loading={here.isPending} onClick={() => here.mutate()}>
          {text.signOut}
        </Button>
        <Button variant="default" loading={everywhere.isPending} onClick={() => setAsking(true)}>
          {text.everywhere}
        </Button>
      </div>
      <FaultNotice cause={here.error ?? everywhere.error} />
      <QuestionDialog
        opened={isAsking}
        title={text.everywhereTitle}
        body={text.everywhereBody}
        yes={text.everywhere}
        no={text.stay}
        onYes={() => {
          setAsking(false);
          everywhere.mutate();
        }}
        onNo={() => setAsking(false)}
      />
    </Card>
  );
}
