// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { type ErrorCode, Fault } from '#protocol/errors.ts';
import type { SharedRecording } from '#protocol/http/shares.ts';
import type { Manifest } from '#protocol/manifest.ts';
import { show } from '../../services/testing/show.tsx';
import type { Archive } from '../../session/ports/archive.ts';
import { MemoryVisit, RECORDING } from '../../session/testing/memory-visit.ts';
import { en } from '../../text/en/en.ts';
import SharedPage from './shared-page.tsx';

const { takeAway: text } = en;
const manifest: Manifest = {
  ...{ version: 1, recordingId: RECORDING, meeting: { id: 'shared', name: 'Weekly' }, state: 'complete' },
  ...{ startedAtMs: 0, recorderId: 'one', lastFact: 0, people: [], files: [], speakers: [], chat: [] },
  ...{ consent: [], problems: [] },
};

function showPage(open: (password?: string) => SharedRecording): void {
  const archive: Partial<Archive> = {
    openShared: async (_token, password) => open(password),
    sharedZipUrl: () => '/zip',
  };
  const at = { path: '/s/token', pattern: '/s/:token' };
  show(<SharedPage />, new MemoryVisit(), { archive: archive as Archive }, at);
}

const refusing = (code: ErrorCode): never => {
  throw new Fault(code);
};

test('a link with a password asks for it, says when it is wrong, and opens with the right one', async () => {
  showPage((password) => {
    if (password === undefined) return refusing('share-password-needed');
    if (password !== 'right') return refusing('share-password-wrong');
    return { manifest, expiresAtMs: 1, download: true };
  });
  const give = (password: string): void => {
    fireEvent.change(screen.getByLabelText(text.linkPassword), { target: { value: password } });
    fireEvent.click(screen.getByRole('button', { name: text.open }));
  };
  await screen.findByRole('heading', { name: text.passwordNeeded });
  give('wrong');
  await screen.findByText(en.fault(new Fault('share-password-wrong').toBody()));
  give('right');
  await screen.findByRole('heading', { name: 'Weekly' });
  screen.getByRole('button', { name: text.zip });
});

test('where downloads are not offered there is none', async () => {
  showPage(() => ({ manifest, expiresAtMs: 1, download: false }));
  await screen.findByRole('heading', { name: 'Weekly' });
  expect(screen.queryByRole('button', { name: text.zip })).toBeNull();
});

test.each(['share-expired', 'share-revoked', 'share-not-found'] as const)(
  'a link that is over says so: %s',
  async (code) => {
    showPage(() => refusing(code));
    await screen.findByRole('heading', { name: text.overTitle });
    screen.getByText(en.fault(new Fault(code).toBody()));
    expect(screen.queryByLabelText(text.linkPassword)).toBeNull();
  },
);
