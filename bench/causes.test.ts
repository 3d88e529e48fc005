import { expect, test } from 'vitest';
import { type Profile, shares } from './causes.ts';

const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
  ...{ id, children },
  callFrame: { functionName, url },
});

/** A datagram comes in, is parsed in our stages with something of Node's, and is written; then nothing, and garbage. */
const profile: Profile = {
  nodes: [
    node(1, '(root)', '', [2, 6, 7]),
    node(2, 'onMessage', 'node:dgram', [3, 5]),
    node(3, 'parseRtpPacket', 'file:///x/recorder/rtp/rtp-packet.ts', [4]),
    node(4, 'readUInt16BE', 'node:internal/buffer'),
    node(5, 'append', 'file:///x/recorder/storage/append-file.ts'),
    node(6, '(idle)', ''),
    node(7, '(garbage collector)', ''),
  ],
  startTime: 1000,
  samples: [2, 3, 4, 5, 6, 7, 3],
  timeDeltas: [0, 10, 20, 20, 10, 900, 40, 10],
};

test('time goes to the innermost function that says what it is for, idleness to nobody', () => {
  const found = shares(profile, 0, Number.POSITIVE_INFINITY);
  expect(Object.fromEntries([...found].map(([cause, share]) => [cause, Math.round(share * 110)]))).toEqual({
    receiving: 10,
    'our stages': 20 + 20 + 10,
    writing: 10,
    garbage: 40,
  });
});

test('only what lies between the two instants counts', () => {
  expect([...shares(profile, 1005, 1055)]).toEqual([
    ['our stages', 40 / 50],
    ['writing', 10 / 50],
  ]);
});
