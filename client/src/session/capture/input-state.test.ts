import { expect, test } from 'vitest';
import type { ListedDevice } from '../ports/capture.ts';
import { TestTrack } from '../testing/tracks.ts';
import { isBack, lostMicrophone } from './input-state.ts';

const headset: ListedDevice = { kind: 'microphone', deviceId: 'h', label: 'Headset' };
const builtIn: ListedDevice = { kind: 'microphone', deviceId: 'b', label: 'Built-in' };
const alias: ListedDevice = { kind: 'microphone', deviceId: 'default', label: 'Default - Headset' };
const available = [alias, builtIn, headset];

test.each([
  ['as it was chosen', headset],
  ['behind the name of the default one', alias],
])('a lost microphone is known again: %s', (_how, device) => {
  const lost = lostMicrophone(new TestTrack('audio', device).asTrack, available);
  expect(lost).toEqual({ deviceId: 'h', label: 'Headset', isBack: false });
  expect(isBack(lost, [{ ...alias, label: 'Default - Built-in' }, builtIn])).toBe(false);
  expect(isBack(lost, available)).toBe(true);
});

test('the default one of which nothing else is known never comes back', () => {
  const lost = lostMicrophone(new TestTrack('audio', { ...alias, label: '' }).asTrack, available);
  expect(isBack(lost, available)).toBe(false);
});
