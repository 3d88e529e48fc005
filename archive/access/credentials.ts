import type { Meetings } from '../app/meetings.ts';
import type { Sessions } from '../app/sessions.ts';
import type { AccessRole } from './table.ts';

/** What a request shows to say who asks. */
export interface Credentials {
  /** From the session cookie. */
  session?: string | undefined;
  /** From `Authorization: Bearer`: a host key. */
  bearer?: string | undefined;
  /** From the host cookie of the meeting in question. */
  hostKey?: string | undefined;
}

/** Finds the roles that credentials prove. */
export class RoleFinder {
  readonly #meetings: Meetings;
  readonly #sessions: Sessions;

  constructor(options: { meetings: Meetings; sessions: Sessions }) {
    this.#meetings = options.meetings;
    this.#sessions = options.sessions;
  }

  /** @param meetingId the meeting that the request is about; without one nobody is its host */
  rolesOf({ session, bearer, hostKey }: Credentials, meetingId: string | undefined): Set<AccessRole> {
    const roles = new Set<AccessRole>(['anonymous']);
    if (session !== undefined && this.#sessions.isValid(session)) roles.add('admin');
    if (meetingId !== undefined) {
      const keys = [bearer, hostKey].filter((key) => key !== undefined);
      if (keys.some((key) => this.#meetings.isHostKey(meetingId, key))) roles.add('host');
    }
    return roles;
  }
}
