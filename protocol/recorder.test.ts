import { expect, test } from 'vitest';
import {
  answeredFor,
  endpointSchema,
  heartbeatSchema,
  keptDoorsSchema,
  MAX_KEPT_PEOPLE,
  provenParts,
  recordedStreamSchema,
  recorderHandshakeSchema,
} from './recorder.ts';
import { accepts, refuses } from './testing/bounds.ts';

const nonce = 'n'.repeat(43);
const handshake = { nonce, version: 1, recorderId: 'one', instanceId: 'i', capacity: 1 };

test('a recorder says which it is, and how many it can take', () => {
  accepts(recorderHandshakeSchema, handshake, { ...handshake, instanceId: 'i'.repeat(64) });
  for (const changes of [
    ...[{ nonce: 'short' }, { recorderId: 'a/b' }, { recorderId: '' }, { instanceId: '' }],
    ...[{ capacity: 0 }, { capacity: 1.5 }, { instanceId: 'i'.repeat(65) }],
  ])
    refuses(recorderHandshakeSchema, { ...handshake, ...changes });
});

test('both proofs are over all that a recorder says of itself, but for the version', () => {
  expect(provenParts(handshake, 'theirs')).toEqual(['one', 'i', 1, nonce, 'theirs']);
});

test('an endpoint has a port that there is', () => {
  const at = (port: number) => ({ address: '127.0.0.1', port });
  accepts(endpointSchema, at(1), at(65_535));
  refuses(endpointSchema, at(0), at(65_536), at(1.5), { address: 'a'.repeat(65), port: 1 });
});

test('an SSRC has 32 bits, and 0 is one', () => {
  const codec = { mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 };
  const stream = (ssrc: number) => ({
    ...{ streamId: 's', source: 'microphone', kind: 'audio', codec, paused: false },
    ssrc,
  });
  accepts(recordedStreamSchema, stream(0), stream(0xffffffff));
  refuses(recordedStreamSchema, stream(-1), stream(0x100000000));
});

test('doors are kept of so many people', () => {
  const doors = (count: number) => ({
    ...{ admission: 'locked', removed: [] },
    admitted: Array.from({ length: count }, (_, at) => `p${at}`),
  });
  accepts(keptDoorsSchema, doors(MAX_KEPT_PEOPLE));
  refuses(keptDoorsSchema, doors(MAX_KEPT_PEOPLE + 1));
});

test('a heartbeat counts what is on disk, and never less than nothing', () => {
  const beat = (changes = {}) => {
    const file = {
      connectionId: 'ada',
      source: 'camera',
      state: 'recording',
      bytes: 0,
      durationMs: 0,
      ...changes,
    };
    return { recordings: [{ recordingId: '20260102T030405678Z-a1b2c3d4', lastFact: 0, files: [file] }] };
  };
  accepts(heartbeatSchema, { recordings: [] }, beat());
  for (const changes of [
    { bytes: -1 },
    { bytes: 0.5 },
    { durationMs: -1 },
    { source: 'microphone' },
    { state: 'on' },
  ])
    refuses(heartbeatSchema, beat(changes));
});

test('an answer is about every connection of the person', () => {
  expect(answeredFor({ connectionId: 'now', others: ['before'] })).toEqual(['before', 'now']);
  expect(answeredFor({ connectionId: 'now' })).toEqual(['now']);
});
