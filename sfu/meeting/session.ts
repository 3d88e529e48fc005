import type { Notice } from '#protocol/signalling.ts';
import type { AnyNotice } from '../room/room-event.ts';

/** A participant's socket, as the meeting sees it. */
export interface Session {
  notify(notice: AnyNotice): void;
  /** Says why, then closes the socket. */
  end(reason: Notice<'ended'>['reason']): void;
}
