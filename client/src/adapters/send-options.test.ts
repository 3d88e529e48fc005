import type { RtpCodecCapability } from 'mediasoup-client/types';
import { expect, test } from 'vitest';
import type { Source } from '#protocol/people.ts';
import { sendOptions } from './send-options.ts';

const SIZE = { width: 1280, height: 720 };

function codecs(...mimeTypes: string[]): RtpCodecCapability[] {
  return mimeTypes.map((mimeType) => ({
    kind: 'video',
    mimeType,
    clockRate: 90_000,
    preferredPayloadType: 101,
  }));
}

const options = (source: Source, ...mimeTypes: string[]) =>
  sendOptions({ source, codecs: codecs(...mimeTypes), size: SIZE, mostLayers: 3 });

test.each<[string, string[], string | undefined, number]>([
  ['a meeting in H.264', ['video/H264', 'video/rtx', 'video/VP8'], 'video/H264', 3],
  ['a meeting in VP8', ['video/VP8', 'video/rtx', 'video/H264'], 'video/VP8', 1],
  ['a browser without H.264', ['video/VP8'], 'video/VP8', 1],
  ['a meeting in VP8, a browser without it', ['video/H264'], 'video/H264', 3],
])('%s: a camera is sent in what is preferred and possible', (_what, mimeTypes, expected, sizes) => {
  const { codec, encodings } = options('camera', ...mimeTypes);
  expect(codec?.mimeType).toBe(expected);
  expect(encodings).toHaveLength(sizes);
});

test('[SEND1] where an encoder failed VP8 is sent, in one size, whatever is preferred', () => {
  const inVp8 = (...mimeTypes: string[]) =>
    sendOptions({ source: 'camera', codecs: codecs(...mimeTypes), codec: 'vp8', size: SIZE, mostLayers: 3 });
  expect(inVp8('video/H264', 'video/VP8').codec?.mimeType).toBe('video/VP8');
  expect(inVp8('video/H264', 'video/VP8').encodings).toHaveLength(1);
  expect(inVp8('video/H264').codec?.mimeType).toBe('video/H264');
});

test('a screen is sent in the same codec as a camera, in one size', () => {
  for (const mimeTypes of [
    ['video/VP8', 'video/H264'],
    ['video/H264', 'video/VP8'],
  ]) {
    const { codec, encodings } = options('screen', ...mimeTypes);
    expect(codec?.mimeType).toBe(mimeTypes[0]);
    expect(encodings).toHaveLength(1);
  }
});

test('[AUD16] whoever loses packets is asked for in-band FEC, in speech and in the sound of a screen', () => {
  for (const source of ['microphone', 'screen-audio'] as const) {
    expect(options(source).codecOptions).toMatchObject({ opusFec: true });
  }
});

test('a screen that was captured larger than can be taken is sent smaller', () => {
  const scaleOf = (width: number, height: number) =>
    sendOptions({
      ...{ source: 'screen', codecs: codecs('video/VP8'), mostLayers: 3 },
      size: { width, height },
    }).encodings?.[0]?.scaleResolutionDownBy;
  expect(scaleOf(3840, 2160)).toBeUndefined();
  expect(scaleOf(5120, 2880)).toBeCloseTo(1.25, 2);
});
