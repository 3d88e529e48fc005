// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { useStore } from '../../services/services.ts';
import { show } from '../../services/testing/show.tsx';
import { MemoryVisit, RECORDING } from '../../session/testing/memory-visit.ts';
import { settled } from '../../session/testing/settled.ts';
import { en } from '../../text/en/en.ts';
import { OwnRecording } from './own-recording.tsx';

const { recording: text } = en;

function Shown({ visit: { session } }: { visit: MemoryVisit }) {
  return <OwnRecording session={session} snapshot={useStore(session)} devices={useStore(session.devices)} />;
}

async function recorded(consent: 'accepted' | 'declined'): Promise<MemoryVisit> {
  const visit = new MemoryVisit();
  visit.server.recording = { status: 'recording', recordingId: RECORDING, elapsedMs: 0 };
  visit.server.consent = consent;
  await visit.beIn();
  show(<Shown visit={visit} />, visit);
  return visit;
}

test.each([
  [text.keep, false],
  [text.erase, true],
])('who withdraws says what becomes of what there is: %s', async (words, erase) => {
  const visit = await recorded('accepted');
  fireEvent.click(screen.getByRole('button', { name: text.withdraw }));
  await screen.findByRole('dialog', { name: text.withdrawTitle });
  expect(visit.server.names()).not.toContain('answerConsent');
  fireEvent.click(screen.getByRole('button', { name: words }));
  await settled();
  expect(visit.server.params('answerConsent').at(-1)).toEqual({ answer: 'withdrawn', erase });
});

test('who has declined can let themselves be recorded', async () => {
  const visit = await recorded('declined');
  expect(screen.queryByRole('button', { name: text.withdraw })).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: text.allow }));
  await settled();
  expect(visit.server.params('answerConsent').at(-1)).toMatchObject({ answer: 'accepted' });
});
