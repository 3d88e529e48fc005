import type { hostRequests } from '#protocol/host-requests.ts';
import type { RequestHandlers } from '#protocol/signalling.ts';
import type { Meeting } from './meeting.ts';
import type { Visitor } from './visitor.ts';

/** What only the host may ask for. */
export function hostHandlers(
  meeting: Meeting,
  visitor: Visitor,
): Pick<RequestHandlers, keyof typeof hostRequests> {
  const { media, recordings, room } = meeting;
  return {
    startRecording: ({ key }) => {
      recordings.checkRight(visitor, key);
      return recordings.start(visitor.connectionId);
    },
    stopRecording: () => recordings.stop('host'),
    pausePerson: async ({ connectionId, source }) => {
      const producer = room.flowing(connectionId, source);
      if (!producer) return {};
      await media.pause(connectionId, producer);
      room.pausedByHost(connectionId, producer);
      return {};
    },
    removePerson: ({ connectionId }) => {
      room.expel(connectionId, visitor.connectionId);
      return {};
    },
    lowerHand: ({ connectionId }) => {
      room.hands.lower(connectionId);
      return {};
    },
    setAdmission: ({ admission }) => {
      room.doors.set(admission);
      return {};
    },
    admit: ({ connectionId }) => {
      room.doors.admit(connectionId);
      return {};
    },
    refuse: ({ connectionId }) => {
      room.doors.refuse(connectionId);
      return {};
    },
    renameMeeting: ({ name }) => {
      room.rename(name, visitor.connectionId);
      return {};
    },
    handOverHost: ({ connectionId }) => {
      room.hosts.handOver(connectionId);
      return {};
    },
    endMeeting: async () => {
      await meeting.end(visitor);
      return {};
    },
  };
}
