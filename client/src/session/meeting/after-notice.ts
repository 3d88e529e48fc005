import type { RecordingState } from '#protocol/recording-state.ts';
import type { AnyNotice } from '../ports/signalling.ts';
import type { MeetingSnapshot } from './meeting-state.ts';
import { viewOf } from './meeting-state.ts';
import type { MessageContent } from './messages.ts';
import { peopleAfter } from './people.ts';
import { roomAfter } from './room-state.ts';

const MINUTE_MS = 60_000;

/** What a notice of the server changes on this page, and what is to be told of it. */
export interface Aftermath {
  change: Partial<MeetingSnapshot>;
  tell: readonly MessageContent[];
  /** The recording that somebody may just be asked about has ended. */
  recordingIsOver: boolean;
}

/** Notices that only say how things are; those that ask for something are the session's. @param nowMs of this page */
export function afterNotice(snapshot: MeetingSnapshot, notice: AnyNotice, nowMs: number): Aftermath {
  const only = (change: Partial<MeetingSnapshot>, ...tell: MessageContent[]): Aftermath => ({
    change,
    tell,
    recordingIsOver: false,
  });
  switch (notice.name) {
    case 'recordingChanged':
      return afterRecording(snapshot, notice.data.recording, nowMs);
    case 'consentChanged':
      return only({ consent: notice.data.consent });
    case 'recordingProgress':
      return only({ progress: notice.data.people });
    case 'recordingEndsSoon': {
      const minutes = Math.max(1, Math.round(notice.data.inMs / MINUTE_MS));
      return only({}, { kind: 'recording-ends-soon', minutes });
    }
    case 'problem':
      return only({}, { kind: 'fault', error: notice.data.error });
    default:
      return only(
        { ...peopleChange(snapshot, notice), ...roomChange(snapshot, notice) },
        ...said(snapshot, notice),
      );
  }
}

/** Everybody else is in the list; of this person the server only changes role and hand. */
function peopleChange({ people, self }: MeetingSnapshot, notice: AnyNotice): Partial<MeetingSnapshot> {
  const after = peopleAfter(people, notice);
  if (after === people) return {};
  const own = after.find(({ connectionId }) => connectionId === self?.connectionId);
  return {
    people: after.filter((person) => person !== own),
    ...(self && own && { self: { ...self, role: own.role }, handRaisedAtMs: own.handRaisedAtMs }),
  };
}

function roomChange({ room }: MeetingSnapshot, notice: AnyNotice): Partial<MeetingSnapshot> {
  const after = roomAfter(room, notice);
  return after === room ? {} : { room: after };
}

/** What somebody else wrote, once. */
function said({ room, self }: MeetingSnapshot, notice: AnyNotice): MessageContent[] {
  if (notice.name !== 'chatAdded') return [];
  const { connectionId, id, name, text } = notice.data.message;
  const isKnown = room.chat.some((message) => message.id === id);
  return isKnown || connectionId === self?.connectionId ? [] : [{ kind: 'chat', name, text }];
}

/** What a new state of the recording changes, and what is to be told of it. */
function afterRecording(before: MeetingSnapshot, state: RecordingState, nowMs: number): Aftermath {
  const { phase, recording: was, self } = before;
  const isOver = was.status !== 'off' && state.status === 'off';
  const wasDue = was.status === 'starting' || was.status === 'waiting';
  const hasStarted = wasDue && state.status === 'recording';
  const kind = hasStarted ? 'recording-started' : isOver ? 'recording-stopped' : undefined;
  return {
    recordingIsOver: isOver,
    change: {
      recording: viewOf(state, nowMs),
      ...(isOver && { progress: [], consent: undefined }),
      ...(isOver && self?.role === 'host' && { finishedRecordingId: was.recordingId }),
    },
    tell: kind && phase.name === 'joined' ? [{ kind }] : [],
  };
}
