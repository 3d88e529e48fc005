import { kindOf, type Source } from '#protocol/people.ts';
import type { RequestParams } from '#protocol/signalling.ts';

/** What a browser would say that it can play. */
export const rtpCapabilities = {
  codecs: [
    {
      kind: 'audio' as const,
      mimeType: 'audio/opus',
      preferredPayloadType: 100,
      clockRate: 48000,
      channels: 2,
    },
    {
      kind: 'video' as const,
      mimeType: 'video/H264',
      preferredPayloadType: 101,
      clockRate: 90000,
      parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
    },
  ],
  headerExtensions: [],
};

let lastSsrc = 1000;

/** What a browser would offer for this source. */
export function rtpParametersOf(source: Source, layers = 1): RequestParams<'produce'>['rtpParameters'] {
  lastSsrc += layers;
  const codec =
    kindOf(source) === 'audio'
      ? { mimeType: 'audio/opus', payloadType: 111, clockRate: 48000, channels: 2, parameters: {} }
      : {
          mimeType: 'video/H264',
          payloadType: 102,
          clockRate: 90000,
          parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
          rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
        };
  const encodings = Array.from({ length: layers }, (_, layer) => ({ ssrc: lastSsrc - layer }));
  return { mid: `${lastSsrc}`, codecs: [codec], encodings, rtcp: { cname: 'test' } };
}
