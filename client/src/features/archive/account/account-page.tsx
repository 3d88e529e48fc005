import { Anchor } from '@mantine/core';
import { useText } from '#client/text/use-text.ts';
import { Card } from '#client/ui/card.tsx';
import { usePageTitle } from '#client/ui/use-page-title.ts';
import page from '../archive.module.css';
import classes from './account.module.css';
import { PasswordForm } from './password-form.tsx';
import { SignOutCard } from './sign-out-card.tsx';

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
