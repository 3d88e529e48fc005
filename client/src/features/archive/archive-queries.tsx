import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Fault } from '../../../../protocol/errors.ts';

const MAX_RETRIES = 2;

/** Around whatever asks the archive. */
export function ArchiveQueries({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          // Only what may pass by itself is tried again.
          queries: { retry: (count, cause) => count < MAX_RETRIES && Fault.from(cause).status >= 500 },
        },
      }),
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
