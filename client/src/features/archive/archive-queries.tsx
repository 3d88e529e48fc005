import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Fault } from '#protocol/errors.ts';
import { SESSION } from './queries.ts';

const MAX_RETRIES = 2;

/** What the archive has answered, kept for the pages inside. */
export function ArchiveQueries({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

function makeClient(): QueryClient {
  /** A session that ended elsewhere, or by its age, is noticed at whatever is asked next. */
  const onError = (cause: unknown): void => {
    if (Fault.from(cause).code === 'not-signed-in' || Fault.from(cause).code === 'forbidden') {
      client.setQueryData(SESSION, { signedIn: false });
    }
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // Only what may pass by itself is tried again.
      queries: { retry: (count, cause) => count < MAX_RETRIES && Fault.from(cause).status >= 500 },
    },
  });
  return client;
}
