import { NavLink, Outlet } from 'react-router';
import { useText } from '../../text/use-text.ts';
import { PageFrame } from '../../ui/page-frame.tsx';
import { SignIn } from './account/sign-in.tsx';
import classes from './admin-frame.module.css';
import { Failed, Loading } from './page-states.tsx';
import { useSession } from './queries.ts';

/** Around the administrator's pages: the ways between them, once signed in. */
export function AdminFrame() {
  const { admin: text } = useText();
  const session = useSession();
  if (session.data?.signedIn === false) return <SignIn />;
  if (!session.data) {
    return (
      <PageFrame>
        {session.error ? <Failed error={session.error} retry={() => void session.refetch()} /> : <Loading />}
      </PageFrame>
    );
  }
  const pages = [
    ['/admin', text.recordings],
    ['/admin/storage', text.storage],
    ['/admin/audit', text.audit],
    ['/admin/account', text.account],
  ] as const;
  return (
    <PageFrame>
      <nav className={classes.nav} aria-label={text.nav}>
        {pages.map(([to, name]) => (
          <NavLink key={to} className={classes.page ?? ''} to={to} end>
            {name}
          </NavLink>
        ))}
        <a className={classes.api} href="/api/docs">
          {text.api}
        </a>
      </nav>
      <Outlet />
    </PageFrame>
  );
}
