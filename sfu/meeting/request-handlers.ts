import { Fault } from '../../protocol/errors.ts';
import type { Handlers } from '../signalling/handlers.ts';
import type { Meeting } from './meeting.ts';
import type { Visitor } from './visitor.ts';

/** Answers a visitor's requests out of the meeting: what concerns media alone goes straight to their media. */
export function requestHandlers(meeting: Meeting, visitor: Visitor): Handlers {
  const media = () => meeting.mediaOf(visitor);
  const missing = (): never => {
    throw new Fault('unknown-message');
  };
  return {
    hello: () => meeting.hello(visitor),
    join: (params) => meeting.join(visitor, params),
    leave: () => meeting.leave(visitor),
    createTransport: ({ direction }) => media().createTransport(direction),
    connectTransport: async ({ transportId, dtlsParameters }) => {
      await media().connectTransport(transportId, dtlsParameters);
      return {};
    },
    restartIce: ({ transportId }) => media().restartIce(transportId),
    produce: (params) => meeting.produce(visitor, params),
    setProducerPaused: (params) => meeting.setProducerPaused(visitor, params),
    closeProducer: ({ producerId }) => {
      media().closeProducer(producerId);
      return {};
    },
    consume: ({ producerId }) => media().consume(producerId),
    resumeConsumer: async ({ consumerId }) => {
      await media().resumeConsumer(consumerId);
      return {};
    },
    pauseConsumer: async ({ consumerId }) => {
      await media().pauseConsumer(consumerId);
      return {};
    },
    startRecording: () => meeting.startRecording(),
    stopRecording: () => meeting.stopRecording(),
    answerConsent: (params) => meeting.answerConsent(visitor, params),
    resume: missing,
    setVisibleVideos: missing,
    sendChat: missing,
    raiseHand: missing,
    answerHostOffer: missing,
    reclaimHost: missing,
    pausePerson: missing,
    removePerson: missing,
    lowerHand: missing,
    setAdmission: missing,
    admit: missing,
    refuse: missing,
    handOverHost: missing,
    endMeeting: missing,
  };
}
