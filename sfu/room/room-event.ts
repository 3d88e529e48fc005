import type { ProducerInfo } from '#protocol/people.ts';
import type { FactBody } from '#protocol/recorder.ts';
import type { Notice, NoticeName } from '#protocol/signalling.ts';

export type AnyNotice = { [N in NoticeName]: { name: N; data: Notice<N> } }[NoticeName];

/** Whom a notice goes to: everyone with a socket, those in the meeting (but one), one of them, or one in the lobby. */
export type Audience =
  | { to: 'everyone' }
  | { to: 'joined'; except?: string }
  | { to: 'one'; connectionId: string }
  | { to: 'lobby'; connectionId: string };

/** Why a person's files are completed before the recording ends. */
export type Unrecording = { reason: 'left' | 'withdrawn' | 'lost'; erase: boolean };

/** What follows from a change of the room, in order. */
export type RoomEvent =
  | { type: 'notice'; audience: Audience; notice: AnyNotice }
  /** For the manifest; only while a recording is on. */
  | { type: 'fact'; fact: FactBody }
  /** From now on this person is recorded, with exactly these producers. */
  | { type: 'record'; connectionId: string; producers: readonly ProducerInfo[] }
  | ({ type: 'unrecord'; connectionId: string } & Unrecording)
  /** Who may come in has changed. */
  | { type: 'doors' }
  /** The host role is offered; `HostRole.expired` is due with this number after HOST_OFFER_MS. */
  | { type: 'offer'; number: number }
  /** This person's socket is closed, after being told why. */
  | { type: 'end'; connectionId: string; reason: Notice<'ended'>['reason'] };
