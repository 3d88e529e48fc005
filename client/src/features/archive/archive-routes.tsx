import { Route, Routes } from 'react-router';
import { ArchiveQueries } from './archive-queries.tsx';
import { RecordingPage } from './recording-page.tsx';
import { RecordingsPage } from './recordings-page.tsx';

/** `/admin` and what is below it. */
export default function ArchiveRoutes() {
  return (
    <ArchiveQueries>
      <Routes>
        <Route index element={<RecordingsPage />} />
        <Route path="recordings/:recordingId" element={<RecordingPage />} />
      </Routes>
    </ArchiveQueries>
  );
}
