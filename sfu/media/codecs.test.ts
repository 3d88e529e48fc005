import { expect, test } from 'vitest';
import { withoutCaptureTime } from './codecs.ts';
import { mediaFault } from './media-fault.ts';

test('abs-capture-time is never negotiated', () => {
  const mid = { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' };
  const captureTime = { uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time' };
  const given = { codecs: [1], headerExtensions: [mid, captureTime] };
  expect(withoutCaptureTime(given)).toEqual({ codecs: [1], headerExtensions: [mid] });
  expect(given.headerExtensions).toHaveLength(2);
  expect(withoutCaptureTime({})).toEqual({});
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
