import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { Route, Routes } from 'react-router';
import { Fault } from '../../../../protocol/errors.ts';
import { RecordingPage } from './recording-page.tsx';
import { RecordingsPage } from './recordings-page.tsx';

const MAX_RETRIES = 2;

/** `/admin` and what is below it. */
export default function ArchiveRoutes() {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          // Only what may pass by itself is tried again.
          queries: { retry: (count, cause) => count < MAX_RETRIES && Fault.from(cause).status >= 500 },
        },
      }),
  );
  return (
    <QueryClientProvider client={client}>
      <Routes>
        <Route index element={<RecordingsPage />} />
        <Route path="recordings/:recordingId" element={<RecordingPage />} />
      </Routes>
    </QueryClientProvider>
  );
}
