import type { ProducerOptions, RtpCodecCapability, RtpEncodingParameters } from 'mediasoup-client/types';
import type { Kind, Source } from '../../../protocol/people.ts';
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
export function sendOptions(
  source: Source,
  kind: Kind,
  codecs: readonly RtpCodecCapability[],
  size: PictureSize | undefined,
): SendOptions {
  const find = (mimeType: RegExp) => codecs.find((codec) => mimeType.test(codec.mimeType));
  if (kind === 'video') {
    const h264 = find(/^video\/h264$/i);
    const codec = h264 ?? find(/^video\/vp8$/i);
    return {
      ...(codec && { codec }),
      codecOptions: { videoGoogleStartBitrate: VIDEO_START_KBPS },
      encodings: encodingsOf(source, h264 !== undefined, size),
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

function encodingsOf(
  source: Source,
  isH264: boolean,
  size: PictureSize | undefined,
): RtpEncodingParameters[] {
  if (source === 'screen') return [{ maxBitrate: SCREEN_MAX_BPS }];
  return isH264 ? cameraLayers(size) : [{ maxBitrate: CAMERA_MAX_BPS }];
}
