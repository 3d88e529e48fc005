import type { RequestHandlers } from '#protocol/signalling.ts';
import { hostHandlers } from './host-handlers.ts';
import { mediaHandlers } from './media-handlers.ts';
import type { Meeting } from './meeting.ts';
import type { Visitor } from './visitor.ts';

/** Answers a visitor's requests out of the meeting. */
export function requestHandlers(meeting: Meeting, visitor: Visitor): RequestHandlers {
  const { room } = meeting;
  const { connectionId } = visitor;
  return {
    ...mediaHandlers(meeting, visitor),
    ...hostHandlers(meeting, visitor),
    hello: () => meeting.hello(visitor),
    join: (params) => meeting.join(visitor, params),
    resume: (params) => meeting.resume(visitor, params),
    leave: () => meeting.leave(visitor),
    answerConsent: async ({ answer, erase }) => {
      const about = room.recording.answer(connectionId, answer, erase);
      if (erase) await meeting.recordings.erased(about);
      return { consent: answer };
    },
    sendChat: ({ text }) => ({ message: room.say(connectionId, text) }),
    raiseHand: ({ raised }) => {
      room.hands.raise(connectionId, raised);
      return {};
    },
    answerHostOffer: ({ accept }) => {
      room.hosts.answer(connectionId, accept);
      return {};
    },
    reclaimHost: () => {
      room.hosts.reclaim(connectionId);
      return {};
    },
  };
}
