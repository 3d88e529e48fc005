import { Anchor, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useText } from '#client/text/use-text.ts';
import { Card } from '#client/ui/card.tsx';
import { FaultNotice } from '#client/ui/fault-notice.tsx';
import { QuestionDialog } from '#client/ui/question-dialog.tsx';
import { usePageTitle } from '#client/ui/use-page-title.ts';
import page from '../archive.module.css';
import { useSignOut } from '../queries.ts';
import classes from './account.module.css';
import { PasswordForm } from './password-form.tsx';

/** `/admin/account`: the password, the sessions, and where programs find the same. */
export function AccountPage() {
  const { account: text, admin } = useText();
  usePageTitle(admin.account);
  return (
    <>
      <h1 className={page.title}>{admin.account}</h1>
      <div className={classes.cards}>
        <PasswordForm />
        <SignOutCard />
        <Card title={text.apiTitle}>
          <p className={classes.words}>{text.apiBody}</p>
          <Anchor href="/api/docs">{text.apiLink}</Anchor>
        </Card>
      </div>
    </>
  );
}

/** Ends this browser's session, or everybody's. */
function SignOutCard() {
  const { account: text } = useText();
  const here = useSignOut('here');
  const everywhere = useSignOut('everywhere');
  const [isAsking, question] = useDisclosure();
  return (
    <Card title={text.sessionTitle}>
      <p className={classes.words}>{text.sessionBody}</p>
      <div className={classes.buttons}>
        <Button variant="default" loading={here.isPending} onClick={() => here.mutate()}>
          {text.signOut}
        </Button>
        <Button variant="default" loading={everywhere.isPending} onClick={question.open}>
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
        onClose={question.close}
        onYes={() => everywhere.mutate()}
      />
    </Card>
  );
}
