// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { show } from '../../services/testing/show.tsx';
import type { RecordingView } from '../../session/meeting/meeting-state.ts';
import { MemoryVisit, RECORDING as recordingId } from '../../session/testing/memory-visit.ts';
import { en } from '../../text/en/en.ts';
import { RecordingLight } from './recording-light.tsx';

const visit = new MemoryVisit();
const light = () => screen.queryByRole('status', { name: en.recording.light });

function showLight(recording: RecordingView, isConnected: boolean): void {
  show(<RecordingLight recording={recording} isConnected={isConnected} />, visit);
}

test('the light is on while bytes reach the disk, and this page hears of it', () => {
  showLight({ status: 'recording', recordingId, sinceMs: visit.clock.nowMs() - 61_000 }, true);
  expect(light()?.textContent).toContain('1:01');
});

test('a page that is cut off shows words, and no light', () => {
  showLight({ status: 'recording', recordingId, sinceMs: 0 }, false);
  expect(light()).toBeNull();
  screen.getByText(en.recording.unknown);
});

test.each(['starting', 'waiting', 'lost', 'stopping'] as const)('%s: words, and no light', (status) => {
  showLight({ status, recordingId }, true);
  expect(light()).toBeNull();
  screen.getByText(en.recording[status]);
});
