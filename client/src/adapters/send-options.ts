import type { ProducerOptions, RtpCodecCapability, RtpEncodingParameters } from 'mediasoup-client/types';
import { kindOf, type Source, type VideoCodec } from '#protocol/people.ts';
import { cameraLayers, type PictureSize } from './camera-layers.ts';
import { shrinkOf } from './picture-limit.ts';

const CAMERA_MAX_BPS = 1_500_000;
const SCREEN_MAX_BPS = 2_500_000;
/** Without it Chromium stays at 320×180 for over 7 s [D2]. */
const VIDEO_START_KBPS = 1000;
const SPEECH_MAX_BPS = 40_000;
const SCREEN_SOUND_MAX_BPS = 128_000;

const H264 = /^video\/h264$/i;

export function isVp8({ mimeType }: { mimeType: string }): boolean {
  return /^video\/vp8$/i.test(mimeType);
}

type SendOptions = Pick<ProducerOptions, 'codec' | 'codecOptions' | 'encodings'>;

/**
 * How a source is encoded. A picture in the codec that the meeting prefers, where the browser can send it, else in the other
 * one: H.264 goes into the file as it is [D2]; VP8 is transcoded for it, and is sent in one size. A microphone is mono
 * with DTX, so that silence costs nothing; the sound of a screen is stereo music.
 */
export function sendOptions({
  source,
  codecs,
  codec: wanted,
  size,
  mostLayers,
}: {
  source: Source;
  /** What this browser can send and the meeting takes, the one that it prefers first. */
  codecs: readonly RtpCodecCapability[];
  /** Instead of that one. */
  codec?: VideoCodec | undefined;
  /** Of the picture, where it is known. */
  size: PictureSize | undefined;
  /** In how many sizes a camera is sent at once. */
  mostLayers: number;
}): SendOptions {
  if (kindOf(source) === 'video') {
    const possible = codecs.filter((codec) => H264.test(codec.mimeType) || isVp8(codec));
    const codec =
      possible.find(({ mimeType }) => mimeType.toLowerCase() === `video/${wanted}`) ?? possible[0];
    const isH264 = codec !== undefined && H264.test(codec.mimeType);
    return {
      ...(codec && { codec }),
      codecOptions: { videoGoogleStartBitrate: VIDEO_START_KBPS },
      encodings: source === 'screen' ? [screenEncoding(size)] : cameraEncodings(isH264, size, mostLayers),
    };
  }
  const isSpeech = source === 'microphone';
  return {
    codecOptions: {
      opusStereo: !isSpeech,
      opusDtx: isSpeech,
      opusFec: true,
      opusNack: true,
      opusMaxAverageBitrate: isSpeech ? SPEECH_MAX_BPS : SCREEN_SOUND_MAX_BPS,
    },
  };
}

function cameraEncodings(
  isH264: boolean,
  size: PictureSize | undefined,
  mostLayers: number,
): RtpEncodingParameters[] {
  return isH264 ? cameraLayers(size, mostLayers) : [{ maxBitrate: CAMERA_MAX_BPS }];
}

/** In one size; smaller where the browser captured more than was asked for. */
function screenEncoding(size: PictureSize | undefined): RtpEncodingParameters {
  const scale = size ? shrinkOf(size) : 1;
  return { maxBitrate: SCREEN_MAX_BPS, ...(scale > 1 && { scaleResolutionDownBy: scale }) };
}
