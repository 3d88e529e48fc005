// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { ExportJob } from '#protocol/http/exports.ts';
import type { RecordingRight } from '#protocol/http/recordings.ts';
import { show } from '../../services/testing/show.tsx';
import type { Archive } from '../../session/ports/archive.ts';
import { MemoryVisit, RECORDING } from '../../session/testing/memory-visit.ts';
import { en } from '../../text/en/en.ts';
import { RecordingActions } from './recording-actions.tsx';

const { takeAway: text } = en;
const ALL: RecordingRight[] = ['export', 'share', 'delete'];
const job: ExportJob = {
  ...{ exportId: 'x-aaaaaaaaaaaa', recordingId: RECORDING, kind: 'group-mp4', downloadName: 'Weekly.mp4' },
  ...{ state: 'complete', createdAtMs: 0, percent: 100 },
};

function showActions(
  props: Partial<Parameters<typeof RecordingActions>[0]> = {},
  archive: Partial<Archive> = {},
): void {
  const all = { exports: async () => [], shares: async () => [], ...archive } as Partial<Archive> as Archive;
  const given = { recordingId: RECORDING, may: ALL, isLive: false, isEmpty: false, ...props };
  show(<RecordingActions {...given} />, new MemoryVisit(), { archive: all });
}

const offered = () => screen.queryAllByRole('button').map(({ textContent }) => textContent);

test.each([
  ['all of it to whoever may all', {}, [text.zip, text.groupMp4, text.share, text.delete]],
  ['no more than they may', { may: [] }, [text.zip]],
  ['of one that is still made, only what needs no end', { isLive: true }, [text.zip, text.share]],
  ['of an empty one, to delete it', { isEmpty: true }, [text.delete]],
])('offers %s', (_, props, words) => {
  showActions(props);
  expect(offered()).toEqual(words);
});

test('nothing is deleted before the question is answered', async () => {
  const deleted: string[] = [];
  showActions({}, { deleteRecording: async (id) => void deleted.push(id) as never });
  fireEvent.click(screen.getByRole('button', { name: text.delete }));
  await screen.findByRole('dialog', { name: text.deleteTitle });
  expect(deleted).toEqual([]);
  fireEvent.click(screen.getByRole('button', { name: text.deleteYes }));
  await expect.poll(() => deleted).toEqual([RECORDING]);
});

test('an export that failed says why, and is tried again as the same', async () => {
  const retried: string[] = [];
  const failed = { ...job, state: 'failed', problem: 'The disk is full.' } as const;
  showActions(
    {},
    { exports: async () => [failed], retryExport: async (id) => void retried.push(id) as never },
  );
  expect((await screen.findByRole('alert')).textContent).toContain('The disk is full.');
  fireEvent.click(screen.getByRole('button', { name: text.retry }));
  await expect.poll(() => retried).toEqual([job.exportId]);
});

test('one that is made shows how far it is, and is saved when it is there', async () => {
  let jobs: ExportJob[] = [{ ...job, state: 'running', percent: 41.9, speed: 2 }];
  showActions({}, { exports: async () => jobs });
  await screen.findByText('41 % · 2.0×');
  jobs = [job];
  await screen.findByRole('button', { name: text.exportSave }, { timeout: 20_000 });
});
