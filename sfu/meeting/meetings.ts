import { Fault } from '#protocol/errors.ts';
import type { JoinClaims } from '#protocol/join-token.ts';
import { DoorsOfEmptyMeetings } from './doors-of-empty-meetings.ts';
import { Meeting } from './meeting.ts';
import type { MeetingContext } from './meeting-context.ts';
import type { Session, Visitor } from './visitor.ts';

/** The meetings of this process, by id: made when the first one enters, closed when the last one has left. */
export class Meetings {
  readonly #context: MeetingContext;
  readonly #maxRooms: number;
  readonly #meetings = new Map<string, Meeting>();
  readonly #doors: DoorsOfEmptyMeetings;

  constructor(context: MeetingContext, maxRooms: number) {
    this.#context = context;
    this.#maxRooms = maxRooms;
    this.#doors = new DoorsOfEmptyMeetings(context.clock);
    context.directory.orphans.watch((orphan) =>
      this.#meetings.get(orphan.meetingId)?.recordings.takeUp(orphan),
    );
  }

  get all(): readonly Meeting[] {
    return [...this.#meetings.values()];
  }

  /** @throws Fault `rooms-full`, `network-full` */
  checkRoomFor(meetingId: string, address: string): void {
    if (this.#meetings.has(meetingId)) return;
    if (this.#meetings.size >= this.#maxRooms) throw new Fault('rooms-full');
    this.#context.capacity.rooms.check(address);
  }

  /** @throws Fault `network-full` */
  enter(claims: JoinClaims, session: Session, address: string): { meeting: Meeting; visitor: Visitor } {
    const meeting = this.#meeting(claims, address);
    return { meeting, visitor: meeting.enter(claims, session, address) };
  }

  async close(): Promise<void> {
    const meetings = this.all;
    this.#meetings.clear();
    await Promise.all(meetings.map((meeting) => meeting.close()));
  }

  /** Whether this person is in, and the ticket is theirs. */
  hasSession({ connectionId, meeting }: JoinClaims, ticket: string): boolean {
    return this.#meetings.get(meeting)?.stays.hasTicket(connectionId, ticket) ?? false;
  }

  #meeting(
    {
      audioCodec,
      meeting: meetingId,
      meetingName = meetingId,
      videoCodec = this.#context.videoCodec,
    }: JoinClaims,
    address: string,
  ): Meeting {
    const known = this.#meetings.get(meetingId);
    if (known) return known;
    const giveBack = this.#context.capacity.rooms.take(address);
    const doors = this.#doors.take(meetingId);
    const meeting = new Meeting(
      { meetingId, meetingName, videoCodec, audioCodec, doors },
      this.#context,
      () => {
        giveBack();
        this.#close(meeting);
      },
    );
    this.#meetings.set(meetingId, meeting);
    this.#context.log.info('meeting-opened', { meetingId });
    return meeting;
  }

  #close(meeting: Meeting): void {
    const { meetingId } = meeting;
    if (this.#meetings.get(meetingId) !== meeting) return;
    this.#meetings.delete(meetingId);
    this.#doors.keep(meetingId, meeting.room.doors);
    const { log } = this.#context;
    meeting.close().then(
      () => log.info('meeting-closed', { meetingId }),
      (cause: Error) => log.error('meeting-close-failed', { meetingId, cause: cause.message }),
    );
  }
}
