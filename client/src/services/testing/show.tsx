import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, type RenderResult, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter, Route, Routes } from 'react-router';
import { afterEach } from 'vitest';
import type { MemoryVisit } from '../../session/testing/memory-visit.ts';
import { theme } from '../../ui/theme.ts';
import { type Services, ServicesContext } from '../services.ts';

afterEach(cleanup);

/**
 * Draws a part of the pages, with what it works with in memory; wait for what it shows with `findBy…`.
 * @param services what it needs beside clock, preferences and memory of a visit
 * @param at the address of the page, and the pattern that it fits
 */
export function show(
  part: ReactNode,
  visit: Pick<MemoryVisit, 'clock' | 'preferences' | 'recent'>,
  services: Partial<Services> = {},
  at: { path: string; pattern: string } = { path: '/', pattern: '/' },
): RenderResult {
  const { clock, preferences, recent } = visit;
  const all = {
    ...{ clock, preferences, recent, carriesCalls: true },
    ...{ soundMeter: { watch: () => () => undefined } },
    ...services,
  } as Services;
  const queries = new QueryClient({
    defaultOptions: { queries: { retry: false }, mutations: { retry: false } },
  });
  return render(
    <MantineProvider theme={theme} env="test">
      <ServicesContext value={all}>
        <QueryClientProvider client={queries}>
          <MemoryRouter initialEntries={[at.path]}>
            <Routes>
              <Route path={at.pattern} element={part} />
            </Routes>
          </MemoryRouter>
        </QueryClientProvider>
      </ServicesContext>
    </MantineProvider>,
  );
}
