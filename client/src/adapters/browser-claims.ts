import type { MeetingClaims } from '../session/ports/meeting-claims.ts';

const nameOf = (meetingId: string, person: string) => `verbatim.meeting.${meetingId}/${person}`;

/** Web Locks, which end with their window, whatever became of it. Absent where the page is not a secure context. */
const locks: LockManager | undefined = navigator.locks;

export const browserClaims: MeetingClaims = {
  async isTaken(meetingId) {
    const held = (await locks?.query())?.held ?? [];
    return held.some(({ name }) => name?.startsWith(nameOf(meetingId, '')));
  },
  take(meetingId, name, lost) {
    const { promise: isOver, resolve } = Promise.withResolvers<void>();
    let isMine = true;
    // Stolen by another window, the request fails; so it may after having been let go of.
    locks?.request(nameOf(meetingId, name), { steal: true }, () => isOver).catch(() => isMine && lost());
    return () => {
      isMine = false;
      resolve();
    };
  },
};

/** For what only the server can decide. */
export const noClaims: MeetingClaims = {
  isTaken: async () => false,
  take: () => () => undefined,
};
