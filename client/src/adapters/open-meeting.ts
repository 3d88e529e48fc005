import { LocalDevices } from '../session/capture/local-devices.ts';
import { type MeetingPorts, MeetingSession } from '../session/meeting/meeting-session.ts';
import type { MediaEngine } from '../session/ports/media.ts';
import type { MeetingClaims } from '../session/ports/meeting-claims.ts';
import { SoloSession } from '../session/solo/solo-session.ts';
import { browserCapture } from './browser-capture.ts';
import { browserChime } from './browser-chime.ts';
import { browserClaims, noClaims } from './browser-claims.ts';
import { mediasoupEngine } from './mediasoup-engine.ts';
import { socketSignalling } from './socket-signalling.ts';

type Shared = Pick<MeetingPorts, 'archive' | 'clock' | 'persons' | 'preferences' | 'recent'>;

/** Each page gets the one that fills its tile. */
const MEETING_LAYERS = 3;
/** Nobody but the recorder takes it, and it begins in its whole size at once. */
const SOLO_LAYERS = 1;

/** A session over this browser's own devices and connections; undefined when it has no WebRTC. */
export function openMeeting(meetingId: string, shared: Shared): MeetingSession | undefined {
  const engine = mediasoupEngine(MEETING_LAYERS);
  return engine.isSupported ? meetingOver(meetingId, shared, engine, browserClaims) : undefined;
}

/** The same for recording oneself; `recent` keeps the meeting in which that happens. */
export function openSolo(roomName: string, shared: Shared): SoloSession | undefined {
  const engine = mediasoupEngine(SOLO_LAYERS);
  if (!engine.isSupported) return undefined;
  return new SoloSession(roomName, {
    archive: shared.archive,
    rooms: shared.recent,
    // What is recorded in another window goes on: the server says that it does.
    openMeeting: (meetingId) => meetingOver(meetingId, shared, engine, noClaims),
  });
}

function meetingOver(
  meetingId: string,
  shared: Shared,
  engine: MediaEngine,
  claims: MeetingClaims,
): MeetingSession {
  return new MeetingSession(meetingId, {
    ...shared,
    devices: new LocalDevices(browserCapture, shared.preferences),
    chime: browserChime,
    claims,
    signalling: socketSignalling(shared.clock),
    engine,
  });
}
