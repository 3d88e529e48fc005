/** A picture's size in pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/** How one simulcast layer is encoded; a part of WebRTC's RTCRtpEncodingParameters. */
export interface Layer {
  active: boolean;
  scaleResolutionDownBy: number;
  /** Bits per second. */
  maxBitrate: number;
}

/** Of the whole picture, whatever its size. */
const WHOLE_MAX_BPS = 1_500_000;
/**
 * libwebrtc sends fewer layers of a smaller picture, and leaves out the last ones, however they are scaled
 * (LimitSimulcastLayerCount): from these sizes on, by area, it sends three and two.
 */
const THREE_FROM = { width: 960, height: 540 };
const TWO_FROM = { width: 480, height: 270 };

const whole: Layer = { active: true, scaleResolutionDownBy: 1, maxBitrate: WHOLE_MAX_BPS };
const unused: Layer = { ...whole, active: false };

/**
 * A camera is sent in up to three sizes at once, the smallest first: the server sends each page the one that fills its
 * tile, and the recorder the last one that is active, which is always the whole picture. Little goes to the smaller
 * ones, so that the whole one flows from the start bitrate on: Chromium adds a layer when those below have what they
 * may and 600 kbit/s are left for 1280×720. There are always three, since a producer keeps their number when its camera
 * changes.
 * @param size of the camera; undefined, when it is not known, is sent in one size, which is right for all
 * @param most 3 for a meeting, 1 where nobody but the recorder takes it. As many as another camera before had: when its last
 * layer stays the last one, the recorder sees no smaller picture while a larger layer begins
 */
export function cameraLayers(size: PictureSize | undefined, most: number): Layer[] {
  const count = Math.min(most, layersSent(size));
  if (count === 3) {
    return [
      { active: true, scaleResolutionDownBy: 4, maxBitrate: 100_000 },
      { active: true, scaleResolutionDownBy: 2, maxBitrate: 300_000 },
      whole,
    ];
  }
  if (count === 2) {
    return [{ active: true, scaleResolutionDownBy: 2, maxBitrate: 300_000 }, whole, unused];
  }
  return [whole, unused, unused];
}

function layersSent(size: PictureSize | undefined): number {
  if (!size) return 1;
  if (isAtLeast(size, THREE_FROM)) return 3;
  return isAtLeast(size, TWO_FROM) ? 2 : 1;
}

function isAtLeast(size: PictureSize, limit: PictureSize): boolean {
  return size.width * size.height >= limit.width * limit.height;
}
