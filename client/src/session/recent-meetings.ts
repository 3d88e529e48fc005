import { z } from 'zod';
import type { Clock } from './ports/clock.ts';
import type { Storage } from './ports/storage.ts';
import { Store } from './store.ts';
import { readStored } from './stored-json.ts';

const MAX_MEETINGS = 12;

const recentMeetingSchema = z.object({
  meetingId: z.string(),
  name: z.string(),
  /** Proves that this browser made the meeting. */
  hostKey: z.string().optional(),
  openedAtMs: z.number(),
});
export type RecentMeeting = z.infer<typeof recentMeetingSchema>;

/** Meetings of this browser, latest first. */
export class RecentMeetings extends Store<readonly RecentMeeting[]> {
  readonly #key: string;
  readonly #storage: Storage;
  readonly #clock: Clock;

  /** @param key under which they are kept */
  constructor(key: string, storage: Storage, clock: Clock) {
    super(readList(storage.read(key)));
    this.#key = key;
    this.#storage = storage;
    this.#clock = clock;
  }

  hostKeyOf(meetingId: string): string | undefined {
    return this.getSnapshot().find((meeting) => meeting.meetingId === meetingId)?.hostKey;
  }

  /** Puts the meeting first; a host key that is already known stays. */
  add(meeting: { meetingId: string; name: string; hostKey?: string }): void {
    const hostKey = meeting.hostKey ?? this.hostKeyOf(meeting.meetingId);
    const entry = { ...meeting, ...(hostKey !== undefined && { hostKey }), openedAtMs: this.#clock.nowMs() };
    this.#save([entry, ...this.#without(meeting.meetingId)].slice(0, MAX_MEETINGS));
  }

  remove(meetingId: string): void {
    this.#save(this.#without(meetingId));
  }

  /** The key was refused: from now on this browser joins as a participant. */
  forgetHostKey(meetingId: string): void {
    this.#save(
      this.getSnapshot().map(({ hostKey, ...rest }) =>
        rest.meetingId === meetingId || hostKey === undefined ? rest : { ...rest, hostKey },
      ),
    );
  }

  #without(meetingId: string): RecentMeeting[] {
    return this.getSnapshot().filter((meeting) => meeting.meetingId !== meetingId);
  }

  #save(list: readonly RecentMeeting[]): void {
    this.set(list);
    this.#storage.write(this.#key, JSON.stringify(list));
  }
}

/** What was kept, as far as it is still understood. */
function readList(text: string | undefined): RecentMeeting[] {
  return (readStored(z.array(recentMeetingSchema), text) ?? []).slice(0, MAX_MEETINGS);
}
