import { z } from 'zod';
import { kindSchema, producerInfoSchema, sourceSchema } from './people.ts';
import {
  dtlsParametersSchema,
  iceParametersSchema,
  rtpParametersSchema,
  transportSchema,
} from './rtp-parameters.ts';

const id = z.string().min(1).max(128);
const nothing = z.object({});

/** Videos that one page shows at once. */
export const MAX_VISIBLE_VIDEOS = 64;
const pixels = z.number().int().min(1).max(16_384);

/** What a person still sends and receives, by which a page that comes back finds what it need not make anew. */
export const ownMediaSchema = z.object({
  transports: z.array(z.object({ transportId: id, direction: z.enum(['send', 'receive']) })),
  producers: z.array(producerInfoSchema),
  consumers: z.array(z.object({ consumerId: id, producerId: id })),
});
export type OwnMedia = z.infer<typeof ownMediaSchema>;

/** A participant's requests about their own transports, producers and consumers. */
export const mediaRequests = {
  /** One of each direction; a second one closes the first, with everything on it. */
  createTransport: {
    params: z.object({ direction: z.enum(['send', 'receive']) }),
    result: z.object({ transport: transportSchema }),
  },
  connectTransport: {
    params: z.object({ transportId: id, dtlsParameters: dtlsParametersSchema }),
    result: nothing,
  },
  /** After a changed network: new ICE credentials for the transport that there is. */
  restartIce: {
    params: z.object({ transportId: id }),
    result: z.object({ iceParameters: iceParametersSchema }),
  },
  produce: {
    params: z.object({
      transportId: id,
      source: sourceSchema,
      rtpParameters: rtpParametersSchema,
      paused: z.boolean(),
    }),
    result: z.object({ producerId: id }),
  },
  /** Mute or camera off (true), and back. `silenced`: by the system, not by the person. */
  setProducerPaused: {
    params: z.object({ producerId: id, paused: z.boolean(), silenced: z.literal(true).optional() }),
    result: nothing,
  },
  closeProducer: { params: z.object({ producerId: id }), result: nothing },
  /** The consumer is created paused; resumeConsumer starts it, once the page is ready to play it. */
  consume: {
    params: z.object({ producerId: id }),
    result: z.object({
      consumerId: id,
      producerId: id,
      kind: kindSchema,
      rtpParameters: rtpParametersSchema,
    }),
  },
  resumeConsumer: { params: z.object({ consumerId: id }), result: nothing },
  pauseConsumer: { params: z.object({ consumerId: id }), result: nothing },
  /**
   * Which videos this page shows, and how large (device pixels): a complete list each time. From the first one on, every
   * other video is paused at the server, and each of these comes in the smallest layer that fills its tile. A video of
   * the list that is not consumed yet begins with that layer. Sound is not concerned.
   */
  setVisibleVideos: {
    params: z.object({
      videos: z.array(z.object({ producerId: id, width: pixels, height: pixels })).max(MAX_VISIBLE_VIDEOS),
    }),
    result: nothing,
  },
} as const;
