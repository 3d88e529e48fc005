import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { videoCodecSchema } from '#protocol/people.ts';
import { iceServerSchema } from '#protocol/rtp-parameters.ts';
import { commonFields, integer, port } from '#service/config.ts';
import { sharedKey, whoMay } from '#service/who-may.ts';

const secret = z.string().min(16, 'must have at least 16 characters');

const iceServers = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      context.addIssue({ code: 'custom', message: `is not JSON: ${(cause as Error).message}` });
      return z.NEVER;
    }
  })
  .pipe(z.array(iceServerSchema).max(16));

/** The SFU's keys; `.env.example` lists them with their meaning. */
export const configFields = {
  ...commonFields,
  HOST: z.string().default('127.0.0.1').describe('address that the web page is served on'),
  SFU_HOST: z.string().default('127.0.0.1').describe('address that signalling is served on'),
  SFU_PORT: port.default(3001).describe('port that signalling is served on'),
  JOIN_SECRET: secret.describe('signs join tokens; made at the first start; the only key an integrator gets'),
  RECORDER_TOKEN: secret.describe('shared by SFU, recorders and archive; made at the first start'),
  SFU_WORKERS: integer(1, 64)
    .default(availableParallelism())
    .describe('media worker processes; without it one per core'),
  RTC_PORT: port.default(40000).describe('media worker i listens on this port plus i, UDP and TCP, on HOST'),
  ANNOUNCED_ADDRESS: z
    .string()
    .optional()
    .describe('address at which browsers reach the media ports; without it HOST, or the first LAN address'),
  ICE_SERVERS: iceServers.default([]).describe('STUN and TURN servers for the pages, as JSON'),
  VIDEO_CODEC: videoCodecSchema
    .default('h264')
    .describe('codec that meetings prefer; vp8 where somebody cannot play h264; tokens may say otherwise'),
  PLAIN_LISTEN_IP: z
    .string()
    .default('127.0.0.1')
    .describe('address that the SFU sends media to recorders from'),
  PLAIN_PORT_MIN: port
    .default(41000)
    .describe('first UDP port for media to recorders, one per recorded person'),
  PLAIN_PORT_MAX: port.default(41999).describe('last UDP port for media to recorders'),
  MEDIASOUP_WORKER_BIN: z
    .string()
    .optional()
    .describe('the mediasoup worker to use; without it one is downloaded or built'),
  WHO_MAY_RECORD: whoMay
    .default('anyone')
    .describe('who may record, as host: anyone, key (who knows RECORD_KEY), admin (who joined signed in)'),
  RECORD_KEY: sharedKey.describe('what WHO_MAY_RECORD=key asks for, 12 characters or more'),
  MAX_RECORDING_HOURS: integer(1, 1000).default(12).describe('a recording ends after so many hours'),
  MAX_ROOMS: integer(1, 100_000).default(500).describe('meetings at once'),
  MAX_ROOMS_PER_ADDRESS: integer(1, 100_000)
    .default(50)
    .describe('of these, meetings that people of one address (IPv6: one /64) were the first to enter'),
  MAX_SOCKETS_PER_ADDRESS: integer(1, 10_000)
    .default(500)
    .describe('people connected at once from one address; this machine itself has no limit'),
  MAX_RECORDED_PER_ADDRESS: integer(1, 10_000).default(75).describe('people recorded at once of one address'),
  MAX_PEOPLE_PER_ROOM: integer(1, 1000).default(100).describe('people in one meeting at once'),
};
