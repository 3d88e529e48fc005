import type { Admission, ChatMessage, OwnRecording, Waiting } from '#protocol/meeting-state.ts';
import { CHAT_MAX_MESSAGES, type Snapshot } from '#protocol/meeting-state.ts';
import type { Quality } from '#protocol/people.ts';
import type { AnyNotice } from '../ports/signalling.ts';

/** What the room as a whole is like, beside its people and its recording. */
export interface RoomState {
  /** What was said since this person came in, oldest first. */
  readonly chat: readonly ChatMessage[];
  /** Who is audible now, loudest first. */
  readonly speakers: readonly string[];
  /** Who has the floor, and keeps it through a pause. */
  readonly dominant: string | undefined;
  readonly quality: ReadonlyMap<string, Quality>;
  /** Videos that the server holds back, because this person's network has no room for them; by producer. */
  readonly heldBack: readonly string[];
  readonly admission: Admission;
  /** Who waits to be let in; for the host alone. */
  readonly waiting: readonly Waiting[];
  readonly ownRecording: OwnRecording | undefined;
  /** The host is gone, and the role is offered to this person. */
  readonly hostOffered: boolean;
}

export const EMPTY_ROOM: RoomState = {
  chat: [],
  speakers: [],
  dominant: undefined,
  quality: new Map(),
  heldBack: [],
  admission: 'open',
  waiting: [],
  ownRecording: undefined,
  hostOffered: false,
};

/** The room as the server describes it, on coming in or back. */
export function roomOf(snapshot: Snapshot): RoomState {
  const { admission, chat, hostOffered, ownRecording, waiting } = snapshot;
  return { ...EMPTY_ROOM, admission, chat, hostOffered, ownRecording, waiting };
}

/** The room after a notice; the same one when it is about something else. */
export function roomAfter(room: RoomState, notice: AnyNotice): RoomState {
  switch (notice.name) {
    case 'chatAdded': {
      const { message } = notice.data;
      if (room.chat.some(({ id }) => id === message.id)) return room;
      return { ...room, chat: [...room.chat, message].slice(-CHAT_MAX_MESSAGES) };
    }
    case 'speakersChanged':
      return { ...room, speakers: notice.data.connectionIds, dominant: notice.data.dominant };
    case 'qualityChanged': {
      const changed = notice.data.people.map(({ connectionId, quality }) => [connectionId, quality] as const);
      return { ...room, quality: new Map([...room.quality, ...changed]) };
    }
    case 'videosHeldBack':
      return { ...room, heldBack: notice.data.producerIds };
    case 'admissionChanged':
      return { ...room, admission: notice.data.admission };
    case 'waitingChanged':
      return { ...room, waiting: notice.data.waiting };
    case 'ownRecordingChanged':
      return { ...room, ownRecording: notice.data.ownRecording };
    case 'hostOffered':
      return { ...room, hostOffered: true };
    case 'hostOfferOver':
      return { ...room, hostOffered: false };
    default:
      return room;
  }
}
