import type { ProducerOptions, RtpCodecCapability } from 'mediasoup-client/types';
import type { Kind, Source } from '../../../protocol/people.ts';

const CAMERA_MAX_BPS = 1_500_000;
const SCREEN_MAX_BPS = 2_500_000;
/** Without it Chromium stays at 320×180 for over 7 s (design D2). */
const VIDEO_START_KBPS = 1000;
const SPEECH_MAX_BPS = 40_000;
const SCREEN_SOUND_MAX_BPS = 128_000;

type SendOptions = Pick<ProducerOptions, 'codec' | 'codecOptions' | 'encodings'>;

/**
 * How a source is encoded. H.264 wherever the browser can send it, because that goes into the file as it is (design D2);
 * else VP8. A microphone is mono with DTX, so that silence costs nothing; the sound of a screen is stereo music.
 */
export function sendOptions(source: Source, kind: Kind, codecs: readonly RtpCodecCapability[]): SendOptions {
  const find = (mimeType: RegExp) => codecs.find((codec) => mimeType.test(codec.mimeType));
  if (kind === 'video') {
    const codec = find(/^video\/h264$/i) ?? find(/^video\/vp8$/i);
    return {
      ...(codec && { codec }),
      codecOptions: { videoGoogleStartBitrate: VIDEO_START_KBPS },
      encodings: [{ maxBitrate: source === 'screen' ? SCREEN_MAX_BPS : CAMERA_MAX_BPS }],
    };
  }
  const isSpeech = source === 'microphone';
  return {
    codecOptions: {
      opusStereo: !isSpeech,
      opusDtx: isSpeech,
      opusFec: true,
      opusMaxAverageBitrate: isSpeech ? SPEECH_MAX_BPS : SCREEN_SOUND_MAX_BPS,
    },
  };
}
