import { NavLink, Outlet, Route, Routes } from 'react-router';
import { useText } from '../../text/use-text.ts';
import { PageFrame } from '../../ui/page-frame.tsx';
import { AccountPage } from './account/account-page.tsx';
import { SignIn } from './account/sign-in.tsx';
import { ArchiveQueries } from './archive-queries.tsx';
import classes from './archive-routes.module.css';
import { AuditPage } from './audit/audit-page.tsx';
import { RecordingsPage } from './list/recordings-page.tsx';
import { Failed, Loading } from './page-states.tsx';
import { useSession } from './queries.ts';
import { RecordingPage } from './recording-page.tsx';
import { StoragePage } from './storage/storage-page.tsx';

/** `/admin` and what is below it. */
export default function ArchiveRoutes() {
  return (
    <ArchiveQueries>
      <Routes>
        <Route element={<AdminFrame />}>
          <Route index element={<RecordingsPage />} />
          <Route path="storage" element={<StoragePage />} />
          <Route path="audit" element={<AuditPage />} />
          <Route path="account" element={<AccountPage />} />
        </Route>
        <Route path="recordings/:recordingId" element={<RecordingPage />} />
      </Routes>
    </ArchiveQueries>
  );
}

/** Around the administrator's pages: the ways between them, once signed in. */
function AdminFrame() {
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
