import type { types } from 'mediasoup';
import type { VideoCodec } from '#protocol/people.ts';

/** RFC 6184 §8.1: constrained baseline, level 3.1, several NAL units per packet: what every browser sends and plays. */
const H264_PARAMETERS = {
  'packetization-mode': 1,
  'profile-level-id': '42e01f',
  'level-asymmetry-allowed': 1,
};

/** RFC 7587 §7: whoever loses packets has the frame before in each, from which the recorder makes up for what was lost. */
const opus: types.RouterRtpCodecCapability = {
  kind: 'audio',
  mimeType: 'audio/opus',
  clockRate: 48000,
  channels: 2,
  parameters: { useinbandfec: 1 },
};
const h264: types.RouterRtpCodecCapability = {
  kind: 'video',
  mimeType: 'video/H264',
  clockRate: 90000,
  parameters: H264_PARAMETERS,
};
const vp8: types.RouterRtpCodecCapability = { kind: 'video', mimeType: 'video/VP8', clockRate: 90000 };

/**
 * In order of preference. H.264 is what goes into FLV as it is [D2]; a meeting with somebody who cannot play it
 * prefers VP8.
 */
export function routerCodecs(preferred: VideoCodec): types.RouterRtpCodecCapability[] {
  return preferred === 'h264' ? [opus, h264, vp8] : [opus, vp8, h264];
}

/** Undefined for sound. */
export function videoCodecOf({ codecs }: { codecs: { mimeType: string }[] }): VideoCodec | undefined {
  const mimeType = codecs[0]?.mimeType.toLowerCase();
  if (mimeType === 'video/h264') return 'h264';
  return mimeType === 'video/vp8' ? 'vp8' : undefined;
}

const videoFeedback: types.RtcpFeedback[] = [
  { type: 'nack' },
  { type: 'nack', parameter: 'pli' },
  { type: 'ccm', parameter: 'fir' },
];

/**
 * What the recorder takes, whatever the router could do [D5]. No RTX: repairs keep their SSRC and sequence
 * numbers. No transport-cc and no REMB: with them mediasoup runs bandwidth estimation on the PlainTransport, holds
 * simulcast senders on a middle layer and sends probation packets.
 */
export const recorderCapabilities: types.RtpCapabilities = {
  codecs: [
    {
      kind: 'audio',
      mimeType: 'audio/opus',
      preferredPayloadType: 100,
      clockRate: 48000,
      channels: 2,
      rtcpFeedback: [{ type: 'nack' }],
    },
    {
      kind: 'video',
      mimeType: 'video/H264',
      preferredPayloadType: 101,
      clockRate: 90000,
      parameters: H264_PARAMETERS,
      rtcpFeedback: videoFeedback,
    },
    {
      kind: 'video',
      mimeType: 'video/VP8',
      preferredPayloadType: 103,
      clockRate: 90000,
      parameters: {},
      rtcpFeedback: videoFeedback,
    },
  ],
  headerExtensions: [],
};

/** Header extensions that mediasoup knows and no page may use. */
const REFUSED_EXTENSIONS = new Set([
  // A producer that declares it and does not send it makes mediasoup's Sender Reports tell arrival times [D4].
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
  // With it a phone held upright sends its pictures lying on their side, for the receiver to turn [D16].
  'urn:3gpp:video-orientation',
]);

/** The same without the header extensions that no page may use. */
export function withoutRefusedExtensions<T extends { headerExtensions?: { uri: string }[] | undefined }>(
  negotiated: T,
): T {
  const headerExtensions = negotiated.headerExtensions?.filter(({ uri }) => !REFUSED_EXTENSIONS.has(uri));
  return headerExtensions ? { ...negotiated, headerExtensions } : negotiated;
}
