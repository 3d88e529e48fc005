import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { MeetingSession } from '../session/meeting/meeting-session.ts';
import type { Archive } from '../session/ports/archive.ts';
import type { Clock } from '../session/ports/clock.ts';
import type { FlvPlayer } from '../session/ports/flv-player.ts';
import type { SoundMeter, SoundMixer } from '../session/ports/sound.ts';
import type { LeaveGuard } from '../session/ports/staying.ts';
import type { Preferences } from '../session/preferences.ts';
import type { RecentMeetings } from '../session/recent-meetings.ts';
import type { SoloSession } from '../session/solo/solo-session.ts';
import type { AwakeScreen } from '../session/staying/awake-screen.ts';
import type { Store } from '../session/store.ts';

/** What the pages work with; main.tsx makes it. */
export interface Services {
  archive: Archive;
  clock: Clock;
  preferences: Preferences;
  recent: RecentMeetings;
  player: FlvPlayer;
  soundMeter: SoundMeter;
  soundMixer: SoundMixer;
  screen: AwakeScreen;
  leaveGuard: LeaveGuard;
  /** A session that has not started yet; undefined when this browser has no WebRTC. Loads the media code on first use. */
  openMeeting(meetingId: string): Promise<MeetingSession | undefined>;
  /** As above, for recording oneself. @param roomName under which an administrator finds these recordings */
  openSolo(roomName: string): Promise<SoloSession | undefined>;
  /** False where picture and sound are known not to reach the server from this browser. */
  carriesCalls: boolean;
  /** The address that lets others into a meeting. */
  invitationLink(meetingId: string): string;
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('The pages are shown without their services.');
  return services;
}

/** The store's value; the component is drawn again when it changes. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.getSnapshot);
}

/** Epoch milliseconds of the page's clock, renewed every `periodMs`. */
export function useNow(periodMs: number): number {
  const { clock } = useServices();
  const [nowMs, setNowMs] = useState(() => clock.nowMs());
  useEffect(() => clock.every(periodMs, () => setNowMs(clock.nowMs())), [clock, periodMs]);
  return nowMs;
}

/** How loud this sound is now, 0 to 1; 0 without one. */
export function useSoundLevel(track: MediaStreamTrack | undefined): number {
  const { soundMeter } = useServices();
  const [level, setLevel] = useState(0);
  useEffect(() => {
    if (!track) return;
    const end = soundMeter.watch(track, setLevel);
    return () => {
      end();
      setLevel(0);
    };
  }, [soundMeter, track]);
  return level;
}
