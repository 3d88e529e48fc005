import {
  CaptureFailure,
  type CapturePort,
  type CaptureProblem,
  type ChosenKind,
  type ListedDevice,
} from '../session/ports/capture.ts';
import { MAX_SCREEN, shrinkOf } from './picture-limit.ts';

/** What a camera is asked for; it gives the nearest that it can. */
const CAMERA: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30, max: 30 },
};

const MICROPHONE: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: { ideal: 1 },
};

/** A larger screen is captured smaller: nobody could encode it in H.264 level 5.1, nor is it recorded. */
const SCREEN_SIZE: MediaTrackConstraints = {
  width: { max: MAX_SCREEN.width },
  height: { max: MAX_SCREEN.height },
};

/** Screen audio is kept as it sounds: no speech processing. */
const SCREEN: DisplayMediaStreamOptions = {
  video: { frameRate: { ideal: 30, max: 30 }, ...SCREEN_SIZE },
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
};

/** DOMException names (Media Capture and Streams §10.2, Screen Capture §5.2) as what they mean to a person. */
const PROBLEMS: Readonly<Record<string, CaptureProblem>> = {
  NotAllowedError: 'refused',
  SecurityError: 'insecure',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** Undefined on a page without HTTPS, whatever the types say. */
const mediaDevices = (): MediaDevices | undefined => navigator.mediaDevices;

export const browserCapture: CapturePort = {
  get canShareScreen() {
    return typeof mediaDevices()?.getDisplayMedia === 'function';
  },

  get canChooseSpeaker() {
    return 'setSinkId' in HTMLMediaElement.prototype;
  },

  async open(wanted) {
    const ask = async (withIds: boolean) => {
      const stream = await devicesOrFail().getUserMedia({
        ...(wanted.camera !== undefined && { video: withDevice(CAMERA, withIds ? wanted.camera : '') }),
        ...(wanted.microphone !== undefined && {
          audio: withDevice(MICROPHONE, withIds ? wanted.microphone : ''),
        }),
      });
      const [camera] = stream.getVideoTracks();
      const [microphone] = stream.getAudioTracks();
      return { ...(camera && { camera }), ...(microphone && { microphone }) };
    };
    try {
      return await ask(true);
    } catch (cause) {
      const isGone = cause instanceof DOMException && cause.name === 'OverconstrainedError';
      if (!isGone) throw failureOf(cause);
      // The device chosen last time is not there today: take the browser's choice.
      return ask(false).catch((second) => {
        throw failureOf(second);
      });
    }
  },

  async openScreen() {
    try {
      const stream = await devicesOrFail().getDisplayMedia(SCREEN);
      const [picture] = stream.getVideoTracks();
      if (!picture) throw new CaptureFailure('failed');
      // Text must stay sharp: frames are given up before detail.
      picture.contentHint = 'detail';
      await fitScreen(picture);
      const [sound] = stream.getAudioTracks();
      return { picture, ...(sound && { sound }) };
    } catch (cause) {
      // Closing the browser's chooser says the same as refusing it.
      if (cause instanceof DOMException && cause.name === 'NotAllowedError') return undefined;
      throw failureOf(cause);
    }
  },

  async list() {
    const kinds: Partial<Record<MediaDeviceKind, ChosenKind>> = {
      videoinput: 'camera',
      audioinput: 'microphone',
      audiooutput: 'speaker',
    };
    const all = (await mediaDevices()?.enumerateDevices()) ?? [];
    return all.flatMap(({ kind, deviceId, label }): ListedDevice[] => {
      const ours = kinds[kind];
      return ours && deviceId !== '' ? [{ kind: ours, deviceId, label }] : [];
    });
  },

  watch(listener) {
    const devices = mediaDevices();
    devices?.addEventListener('devicechange', listener);
    return () => devices?.removeEventListener('devicechange', listener);
  },
};

/** Some browsers take the size only afterwards; one that takes it never has its picture made smaller where it is sent. */
async function fitScreen(picture: MediaStreamTrack): Promise<void> {
  const { height = 0, width = 0 } = picture.getSettings();
  if (shrinkOf({ height, width }) === 1) return;
  await picture
    .applyConstraints({ frameRate: { ideal: 30, max: 30 }, ...SCREEN_SIZE })
    .catch((cause: unknown) => console.warn('screen-not-fitted', cause));
}

function devicesOrFail(): MediaDevices {
  const devices = mediaDevices();
  if (!devices) throw new CaptureFailure('insecure');
  return devices;
}

function withDevice(constraints: MediaTrackConstraints, deviceId: string): MediaTrackConstraints {
  return deviceId === '' ? constraints : { ...constraints, deviceId: { exact: deviceId } };
}

function failureOf(cause: unknown): CaptureFailure {
  if (cause instanceof CaptureFailure) return cause;
  const name = cause instanceof DOMException || cause instanceof Error ? cause.name : '';
  return new CaptureFailure(PROBLEMS[name] ?? 'failed', { cause });
}
