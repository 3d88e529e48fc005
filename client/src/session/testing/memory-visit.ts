import { expect } from 'vitest';
import { type ErrorCode, Fault } from '#protocol/errors.ts';
import type { Person } from '#protocol/people.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { LocalDevices } from '../capture/local-devices.ts';
import { MeetingSession } from '../meeting/meeting-session.ts';
import type { MeetingSnapshot } from '../meeting/meeting-state.ts';
import { PersonKeys } from '../person-keys.ts';
import type { Archive } from '../ports/archive.ts';
import { Preferences } from '../preferences.ts';
import { RecentMeetings } from '../recent-meetings.ts';
import { MemoryCapture } from './memory-capture.ts';
import { MemoryEngine } from './memory-media.ts';
import { MemorySignalling } from './memory-signalling.ts';
import { memoryStorage } from './memory-storage.ts';
import { settled } from './settled.ts';

/** Of Ada's browser in this meeting. */
export const KEY = 'k'.repeat(32);
export const RECORDING = '20261123T010000000Z-abcdefgh';

export const ben: Person = {
  connectionId: 'ben',
  name: 'Ben',
  role: 'participant',
  connected: true,
  producers: [{ producerId: 'ben-mic', source: 'microphone', paused: false }],
};

/** Ada's visit to the meeting "weekly", with everything around her session in memory. */
export class MemoryVisit {
  readonly clock = new ManualClock();
  readonly capture = new MemoryCapture();
  readonly engine = new MemoryEngine();
  readonly server = new MemorySignalling();
  readonly preferences: Preferences;
  readonly recent: RecentMeetings;
  readonly persons: PersonKeys;
  /** What the archive was asked for tokens with. */
  readonly joins: { name: string; hostKey: string | undefined }[] = [];
  /** What it answers the next times. */
  readonly joinFailures: Fault[] = [];
  /** What the archive was told to call the meeting. */
  readonly names: string[] = [];
  readonly chimes: string[] = [];
  /** Whether another window of the browser is in the meeting. */
  isElsewhere = false;
  claimsLeft = 0;
  loseClaim: () => void = () => undefined;
  session: MeetingSession;

  constructor() {
    const storage = memoryStorage();
    this.preferences = new Preferences(storage);
    this.recent = new RecentMeetings('recent', storage, this.clock);
    this.persons = new PersonKeys(storage, () => KEY);
    this.session = this.make('weekly');
  }

  make(meetingId: string): MeetingSession {
    const archive: Pick<Archive, 'meeting' | 'renameMeeting' | 'join'> = {
      renameMeeting: async (meetingId, name) => {
        this.names.push(name);
        return { meetingId, name };
      },
      meeting: async (meetingId) => {
        if (meetingId !== 'weekly') throw new Fault('meeting-not-found');
        return { meetingId, name: 'Weekly' };
      },
      join: async (_meetingId, name, hostKey) => {
        this.joins.push({ name, hostKey });
        const failure = this.joinFailures.shift();
        if (failure) throw failure;
        return { token: `token of ${name}`, connectionId: 'me' };
      },
    };
    return new MeetingSession(meetingId, {
      archive: archive as Archive,
      signalling: this.server,
      engine: this.engine,
      clock: this.clock,
      devices: new LocalDevices(this.capture, this.preferences),
      claims: {
        isTaken: async () => this.isElsewhere,
        take: (_meetingId, _name, lost) => {
          this.loseClaim = lost;
          return () => {
            this.claimsLeft += 1;
          };
        },
      },
      chime: {
        recordingStarted: () => this.chimes.push('started'),
        recordingStopped: () => this.chimes.push('stopped'),
      },
      persons: this.persons,
      preferences: this.preferences,
      recent: this.recent,
    });
  }

  get now(): MeetingSnapshot {
    return this.session.getSnapshot();
  }

  async arrive(): Promise<void> {
    this.session.start();
    await settled();
    this.server.connect();
    await settled();
  }

  async beIn(): Promise<void> {
    this.preferences.name = 'Ada';
    await this.arrive();
    await this.session.join('Ada');
    await settled();
    expect(this.now.phase).toEqual({ name: 'joined' });
  }

  async refuse(code: ErrorCode): Promise<void> {
    this.server.refuse(new Fault(code));
    await settled();
  }
}
