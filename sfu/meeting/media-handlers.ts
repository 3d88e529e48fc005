import type { mediaRequests } from '#protocol/media-requests.ts';
import type { RequestHandlers } from '#protocol/signalling.ts';
import type { Meeting } from './meeting.ts';
import type { Visitor } from './visitor.ts';

/** Requests about somebody's own media; what the others see of it is the room's to tell. */
export function mediaHandlers(
  { media: desk, room }: Meeting,
  { connectionId }: Visitor,
): Pick<RequestHandlers, keyof typeof mediaRequests> {
  const media = () => desk.of(connectionId);
  return {
    createTransport: ({ direction }) => media().createTransport(direction),
    connectTransport: async ({ transportId, dtlsParameters }) => {
      await media().connectTransport(transportId, dtlsParameters);
      return {};
    },
    restartIce: ({ transportId }) => media().restartIce(transportId),
    produce: async (params) => {
      const producer = await media().produce(params);
      room.addProducer(connectionId, producer);
      return { producerId: producer.producerId };
    },
    setProducerPaused: async ({ producerId, paused, silenced }) => {
      await media().setProducerPaused(producerId, paused);
      room.setProducerPaused(connectionId, producerId, paused, silenced);
      return {};
    },
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
    setVisibleVideos: async ({ videos }) => {
      await media().setVisibleVideos(videos);
      return {};
    },
  };
}
