// @vitest-environment happy-dom
import { act, fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { show } from '#client/services/testing/show.tsx';
import type { Archive } from '#client/session/ports/archive.ts';
import { MemoryVisit } from '#client/session/testing/memory-visit.ts';
import { en } from '#client/text/en/en.ts';
import { Fault } from '#protocol/errors.ts';
import { SignIn } from './sign-in.tsx';

test('after too many attempts it counts down, and lets nobody try before', async () => {
  const visit = new MemoryVisit();
  const tried: string[] = [];
  const archive: Partial<Archive> = {
    signIn: async (password) => {
      tried.push(password);
      throw new Fault('rate-limited', undefined, { retryAfterMs: 5000 });
    },
  };
  show(<SignIn />, visit, { archive: archive as Archive });
  const button = () => screen.getByRole<HTMLButtonElement>('button', { name: en.archive.signIn });
  fireEvent.change(screen.getByLabelText(en.archive.password), { target: { value: 'a guess' } });
  fireEvent.click(button());
  await screen.findByText(en.admin.tryAgainIn(5));
  expect(button().disabled).toBe(true);
  act(() => visit.clock.advance(3000));
  screen.getByText(en.admin.tryAgainIn(2));
  act(() => visit.clock.advance(2500));
  expect(button().disabled).toBe(false);
  expect(tried).toEqual(['a guess']);
});
