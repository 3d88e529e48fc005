import type { ListedDevice } from '../ports/capture.ts';
import type { ReplacedDevice } from './input-state.ts';

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
