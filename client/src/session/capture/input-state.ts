import type { CaptureProblem, ChosenKind, ListedDevice } from '../ports/capture.ts';

/**
 * A camera or a microphone. `muted`: open, but silent (microphones alone; a camera that is off is closed). `isSilenced`: the
 * system gives nothing of it at the moment, because of a phone call for instance.
 */
export type InputState =
  | { status: 'off' }
  | { status: 'opening' }
  | { status: 'on'; track: MediaStreamTrack; isSilenced?: true }
  | { status: 'muted'; track: MediaStreamTrack }
  | { status: 'failed'; problem: CaptureProblem };

export type ScreenState =
  | { status: 'off' }
  | { status: 'opening' }
  | {
      status: 'on';
      picture: MediaStreamTrack;
      sound: MediaStreamTrack | undefined;
      /** The system gives no pictures at the moment, of a window that is minimized for instance. */
      isSilenced?: true;
    }
  | { status: 'failed'; problem: CaptureProblem };

/** A microphone that was lost while it was in use; the browser's own choice has taken its place. */
export interface ReplacedDevice {
  readonly deviceId: string;
  readonly label: string;
  /** It is connected again. */
  readonly isBack: boolean;
}

export interface DevicesSnapshot {
  readonly camera: InputState;
  readonly microphone: InputState;
  readonly screen: ScreenState;
  /** Until the person has seen it. */
  readonly replaced: ReplacedDevice | undefined;
  readonly canShareScreen: boolean;
  readonly canChooseSpeaker: boolean;
  readonly available: readonly ListedDevice[];
  /** The chosen device ids; empty means the browser's own choice. */
  readonly chosen: Readonly<Record<ChosenKind, string>>;
}

/** The track that an input holds open, if any. */
export function trackOf(input: InputState): MediaStreamTrack | undefined {
  return input.status === 'on' || input.status === 'muted' ? input.track : undefined;
}

/** The id of the speaker to play through; empty, the browser's own choice, while the chosen one is unplugged. */
export function speakerOf({ available, chosen }: DevicesSnapshot): string {
  const isThere = available.some(({ deviceId, kind }) => kind === 'speaker' && deviceId === chosen.speaker);
  return isThere ? chosen.speaker : '';
}

/** What Chromium calls whatever the system is set to; they are always there. */
const ALIASES: ReadonlySet<string> = new Set(['default', 'communications']);

/**
 * The microphone that this track came from.
 * @param available as they were listed before it was lost
 */
export function lostMicrophone(track: MediaStreamTrack, available: readonly ListedDevice[]): ReplacedDevice {
  const { deviceId = '' } = track.getSettings();
  const own = available.filter((device) => device.kind === 'microphone' && !ALIASES.has(device.deviceId));
  // "Default - Headset" is the headset.
  const behindAlias = own.find(({ label }) => label !== '' && track.label.endsWith(label));
  const device = ALIASES.has(deviceId) ? behindAlias : own.find((one) => one.deviceId === deviceId);
  return { deviceId: device?.deviceId ?? deviceId, label: device?.label ?? track.label, isBack: false };
}

export function isBack({ deviceId }: ReplacedDevice, available: readonly ListedDevice[]): boolean {
  return !ALIASES.has(deviceId) && available.some((device) => device.deviceId === deviceId);
}
