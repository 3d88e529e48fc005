import { expect, test } from 'vitest';
import { routerCodecs, withoutRefusedExtensions } from './codecs.ts';
import { mediaFault } from './media-fault.ts';

test('[TURN1] neither capture times nor the turning of pictures are left to the receiver', () => {
  const mid = { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' };
  const captureTime = { uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time' };
  const orientation = { uri: 'urn:3gpp:video-orientation' };
  const given = { codecs: [1], headerExtensions: [mid, captureTime, orientation] };
  expect(withoutRefusedExtensions(given)).toEqual({ codecs: [1], headerExtensions: [mid] });
  expect(given.headerExtensions).toHaveLength(3);
  expect(withoutRefusedExtensions({})).toEqual({});
});

test('[AUD16] senders are asked for in-band FEC, whatever their page asks for', () => {
  for (const preferred of ['h264', 'vp8'] as const) {
    const opus = routerCodecs(preferred).find(({ kind }) => kind === 'audio');
    expect(opus?.parameters).toEqual({ useinbandfec: 1 });
  }
});

test('what mediasoup throws gets a code', () => {
  expect(mediaFault(new TypeError('missing codecs')).toBody()).toEqual({
    code: 'bad-request',
    message: 'The media server does not take this: missing codecs',
  });
  expect(mediaFault(new Error('no more available ports [protocol:udp]')).code).toBe('ports-exhausted');
  expect(mediaFault(new Error('Channel closed')).code).toBe('media-failed');
  expect(mediaFault('nonsense').code).toBe('media-failed');
});
