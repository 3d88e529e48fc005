import { expect, test } from 'vitest';
import type { OwnRecording } from '#protocol/meeting-state.ts';
import type { Consent, Role } from '#protocol/people.ts';
import type { RecordingView } from './meeting-state.ts';
import { beforeJoining, type Connection } from './meeting-state.ts';
import { ownRecordingOf } from './own-recording.ts';
import { EMPTY_ROOM } from './room-state.ts';

const recordingId = '20261123T010000000Z-abcdefgh';
const on: RecordingView = { status: 'recording', recordingId, sinceMs: 0 };
const starting: RecordingView = { status: 'starting', recordingId };
const lost: RecordingView = { status: 'lost', recordingId };

interface Case {
  recording: RecordingView;
  role?: Role;
  consent?: Consent;
  own?: OwnRecording['state'];
  problem?: OwnRecording['problem'];
  isSending?: boolean;
  connection?: Connection;
}

const shown = ({
  recording,
  role = 'participant',
  consent,
  own,
  problem,
  isSending = true,
  connection,
}: Case) =>
  ownRecordingOf(
    {
      ...beforeJoining('weekly'),
      connection: connection ?? { status: 'connected' },
      self: { connectionId: 'me', name: 'Ada', role },
      recording,
      consent,
      room: { ...EMPTY_ROOM, ownRecording: own && { state: own, ...(problem && { problem }) } },
    },
    isSending,
  );

test.each<[Case, ReturnType<typeof shown>]>([
  [{ recording: { status: 'off' } }, undefined],
  [{ recording: on, consent: 'accepted', own: 'recording', connection: { status: 'lost' } }, undefined],
  [{ recording: on, consent: 'accepted', own: 'recording' }, 'recorded'],
  [{ recording: on, role: 'host', consent: 'accepted', own: 'recording' }, 'recorded'],
  [
    { recording: on, role: 'host', consent: 'accepted', own: 'recording', problem: 'transcodes-full' },
    'sound-only',
  ],
  [
    { recording: on, role: 'host', consent: 'accepted', own: 'recording', problem: 'picture-unsupported' },
    'picture-unsupported',
  ],
  [
    { recording: on, role: 'host', consent: 'accepted', own: 'recording', problem: 'stream-unsupported' },
    'recorded',
  ],
  // The recorder's word came before the light.
  [{ recording: starting, role: 'host', consent: 'accepted', own: 'recording' }, 'soon'],
  [{ recording: on, consent: 'accepted', own: 'waiting' }, 'soon'],
  [{ recording: on, consent: 'accepted', own: 'waiting', isSending: false }, 'no-media'],
  [{ recording: on, consent: 'accepted', own: 'stalled' }, 'stalled'],
  [{ recording: on, consent: 'accepted', own: 'stalled', problem: 'disk-stalled' }, 'failed'],
  [{ recording: on, consent: 'accepted', own: 'stalled', problem: 'sound-behind' }, 'failed'],
  [{ recording: on, consent: 'accepted', own: 'recording', problem: 'sound-too-fast' }, 'sound-too-fast'],
  [{ recording: on, consent: 'accepted', own: 'failed' }, 'failed'],
  [{ recording: on, consent: 'accepted', own: 'failed', problem: 'file-too-fast' }, 'too-fast'],
  [{ recording: on, consent: 'declined', own: 'recording' }, 'not-recorded'],
  [{ recording: on, consent: 'pending' }, 'not-recorded'],
  [{ recording: on, role: 'host', own: 'recording' }, 'not-recorded'],
  [{ recording: on, role: 'host', consent: 'withdrawn', own: 'recording' }, 'not-recorded'],
  [{ recording: lost, role: 'host', consent: 'accepted', own: 'recording' }, 'not-recorded'],
])('%j is shown as %s', (state, expected) => {
  expect(shown(state)).toBe(expected);
});
