// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { show } from '../../services/testing/show.tsx';
import { MemoryVisit } from '../../session/testing/memory-visit.ts';
import { settled } from '../../session/testing/settled.ts';
import { en } from '../../text/en/en.ts';
import { EndedPage } from './ended-page.tsx';

async function ended(reason: 'removed' | 'idle', hostKey?: string): Promise<void> {
  const visit = new MemoryVisit();
  if (hostKey) visit.recent.add({ meetingId: 'weekly', name: 'Weekly', hostKey });
  await visit.beIn();
  visit.server.tell('ended', { reason });
  await settled();
  show(<EndedPage session={visit.session} onAgain={() => undefined} />, visit);
}

const rejoin = () => screen.queryByRole('button', { name: en.ended.rejoin });
const recordings = () => screen.queryByRole('link', { name: en.recording.all });

test('who was removed is not offered to come back', async () => {
  await ended('removed');
  expect(rejoin()).toBeNull();
  screen.getByRole('link', { name: en.ended.home });
});

test('who left otherwise is; the recordings are offered to whoever holds the host key, and to nobody else', async () => {
  await ended('idle');
  expect([rejoin() !== null, recordings()]).toEqual([true, null]);
});

test('whoever made the meeting goes on to its recordings', async () => {
  await ended('idle', 'key');
  expect(recordings()?.getAttribute('href')).toBe('/m/weekly/recordings');
});
