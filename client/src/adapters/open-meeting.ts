import { LocalDevices } from '../session/capture/local-devices.ts';
import { type MeetingPorts, MeetingSession } from '../session/meeting/meeting-session.ts';
import { browserCapture } from './browser-capture.ts';
import { browserChime } from './browser-chime.ts';
import { mediasoupEngine } from './mediasoup-engine.ts';
import { socketSignalling } from './socket-signalling.ts';

/** A session over this browser's own devices and connections; undefined when it has no WebRTC. */
export function openMeeting(
  meetingId: string,
  shared: Pick<MeetingPorts, 'archive' | 'clock' | 'preferences' | 'recent'>,
): MeetingSession | undefined {
  if (!mediasoupEngine.isSupported) return undefined;
  return new MeetingSession(meetingId, {
    ...shared,
    devices: new LocalDevices(browserCapture, shared.preferences),
    chime: browserChime,
    signalling: socketSignalling(shared.clock),
    engine: mediasoupEngine,
  });
}
