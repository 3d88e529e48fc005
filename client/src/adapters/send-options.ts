import type { ProducerOptions, RtpCodecCapability, RtpEncodingParameters } from 'mediasoup-client/types';
import { kindOf, type Source } from '../../../protocol/people.ts';
import { cameraLayers, type PictureSize } from './camera-layers.ts';

const CAMERA_MAX_BPS = 1_500_000;
const SCREEN_MAX_BPS = 2_500_000;
/** Without it Chromium stays at 320×180 for over 7 s (design D2). */
const VIDEO_START_KBPS = 1000;
const SPEECH_MAX_BPS = 40_000;
const SCREEN_SOUND_MAX_BPS = 128_000;

type SendOptions = Pick<ProducerOptions, 'codec' | 'codecOptions' | 'encodings'>;

/**
 * How a source is encoded. H.264 wherever the browser can send it, because that goes into the file as it is (design D2);
 * else VP8, which is transcoded for the file and is sent in one size. A microphone is mono with DTX, so that silence costs nothing; the sound of a screen is stereo music.
 */
export function sendOptions({
  source,
  codecs,
  size,
  mostLayers,
}: {
  source: Source;
  /** Of this browser. */
  codecs: readonly RtpCodecCapability[];
  /** Of the picture, where it is known. */
  size: PictureSize | undefined;
  /** In how many sizes a camera is sent at once. */
  mostLayers: number;
}): SendOptions {
  const find = (mimeType: RegExp) => codecs.find((codec) => mimeType.test(codec.mimeType));
  if (kindOf(source) === 'video') {
    const h264 = find(/^video\/h264$/i);
    const codec = h264 ?? find(/^video\/vp8$/i);
    return {
      ...(codec && { codec }),
      codecOptions: { videoGoogleStartBitrate: VIDEO_START_KBPS },
      encodings: encodingsOf(source, h264 && cameraLayers(size, mostLayers)),
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

/** @param layers undefined: this codec is sent in one size */
function encodingsOf(source: Source, layers: RtpEncodingParameters[] | undefined): RtpEncodingParameters[] {
  if (source === 'screen') return [{ maxBitrate: SCREEN_MAX_BPS }];
  return layers ?? [{ maxBitrate: CAMERA_MAX_BPS }];
}
