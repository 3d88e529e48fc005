import { Route, Routes } from 'react-router';
import { AccountPage } from './account/account-page.tsx';
import { AdminFrame } from './admin-frame.tsx';
import { ArchiveQueries } from './archive-queries.tsx';
import { AuditPage } from './audit/audit-page.tsx';
import { RecordingsPage } from './list/recordings-page.tsx';
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
