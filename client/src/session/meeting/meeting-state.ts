import type { ErrorBody } from '#protocol/errors.ts';
import type { Consent, Person, Role, Source } from '#protocol/people.ts';
import type { PersonProgress, RecordingState } from '#protocol/recording-state.ts';
import type { Notice } from '#protocol/signalling.ts';
import type { WantedKey } from '../wanted-key.ts';
import { EMPTY_ROOM, type RoomState } from './room-state.ts';

/** Whether the meeting exists, as the archive says. */
export type MeetingLookup =
  | { status: 'loading' }
  | { status: 'found'; name: string }
  | { status: 'missing'; error: ErrorBody };

/** The signalling socket. `lost` is being mended by itself; `refused` is not. */
export type Connection =
  | { status: 'connecting' }
  | { status: 'connected' }
  | { status: 'lost' }
  | { status: 'refused'; error: ErrorBody };

export type EndReason = Notice<'ended'>['reason'] | 'left' | 'refused' | 'media-failed';

/** Where this person is. `asking`: the meeting is being recorded, and they are asked before they join. */
export type Phase =
  | { name: 'lobby'; error?: ErrorBody }
  | { name: 'joining' }
  | { name: 'asking' }
  /** In the waiting room, until the host lets them in. */
  | { name: 'waiting' }
  | { name: 'joined' }
  | { name: 'ended'; reason: EndReason; error?: ErrorBody };

export interface Self {
  readonly connectionId: string;
  readonly name: string;
  readonly role: Role;
}

/** Something to tell once, that goes away by itself. */
export type Message = { readonly id: number } & (
  | { kind: 'fault'; error: ErrorBody }
  | { kind: 'recording-started' }
  | { kind: 'recording-stopped' }
  /** By itself, in so many minutes. */
  | { kind: 'recording-ends-soon'; minutes: number }
  | { kind: 'rejoined' }
  | { kind: 'paused-by-host'; source: Source }
  /** This person's browser gave no pictures of it: it is sent in VP8 now. */
  | { kind: 'encoder-replaced'; source: Source }
  /** And there is no other way. */
  | { kind: 'encoder-failed'; source: Source }
  | { kind: 'chat'; name: string; text: string }
);

export interface MeetingSnapshot {
  readonly meetingId: string;
  readonly meeting: MeetingLookup;
  readonly connection: Connection;
  readonly phase: Phase;
  readonly self: Self | undefined;
  /** Everybody else. */
  readonly people: readonly Person[];
  readonly room: RoomState;
  /** Since when this person's hand is up, on the server's clock. */
  readonly handRaisedAtMs: number | undefined;
  readonly recording: RecordingView;
  /** This person's own answer about being recorded. */
  readonly consent: Consent | undefined;
  /** Per person, for the host alone. */
  readonly progress: readonly PersonProgress[];
  /** The server asks for a key before it records. */
  readonly wantedKey: WantedKey | undefined;
  /** A Start or Stop that the server has not answered yet. */
  readonly command: 'none' | 'starting' | 'stopping';
  /** The last recording of this meeting that was stopped while this person was its host. */
  readonly finishedRecordingId: string | undefined;
  readonly canReceiveH264: boolean;
  /** Picture and sound do not get through to the server; that is being mended. */
  readonly isMediaBlocked: boolean;
  /** Another window of this browser was in the meeting when this one was opened. */
  readonly isElsewhere: boolean;
  readonly messages: readonly Message[];
}

/** Nothing is known of the meeting yet. */
export function beforeJoining(meetingId: string): MeetingSnapshot {
  return {
    meetingId,
    meeting: { status: 'loading' },
    connection: { status: 'connecting' },
    phase: { name: 'lobby' },
    self: undefined,
    people: [],
    room: EMPTY_ROOM,
    handRaisedAtMs: undefined,
    recording: { status: 'off' },
    consent: undefined,
    progress: [],
    wantedKey: undefined,
    command: 'none',
    finishedRecordingId: undefined,
    canReceiveH264: true,
    isMediaBlocked: false,
    isElsewhere: false,
    messages: [],
  };
}

/** The recording as this page shows it: the running time counts from an instant of this page's own clock. */
export type RecordingView =
  | Exclude<RecordingState, { status: 'recording' }>
  | { status: 'recording'; recordingId: string; sinceMs: number };

/** The server's clock and ours differ, so what is sent is an elapsed time. */
export function viewOf(state: RecordingState, nowMs: number): RecordingView {
  if (state.status !== 'recording') return state;
  return { status: 'recording', recordingId: state.recordingId, sinceMs: nowMs - state.elapsedMs };
}
