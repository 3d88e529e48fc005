import { z } from 'zod';
import { audioCodecSchema } from '#protocol/people.ts';
import { commonFields, integer, port } from '#service/config.ts';

/** The recorder's keys; `.env.example` lists them with their meaning. */
export const configFields = {
  ...commonFields,
  SFU_URL: z
    .url()
    .default('http://127.0.0.1:3001')
    .describe('where archive and recorder reach the SFU; `npm start` knows it from SFU_PORT'),
  ARCHIVE_URL: z
    .url()
    .default('http://127.0.0.1:3000')
    .describe('where the recorder tells of changed manifests; `npm start` knows it from PORT'),
  RECORDER_TOKEN: z
    .string()
    .min(16)
    .describe('shared by SFU, recorders and archive; made at the first start'),
  RECORDER_ID: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ -')
    .default('recorder-1')
    .describe('names this recorder, the same after every restart'),
  RECORDER_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('address of this recorder that the SFU sends media to'),
  RECORDER_PORT_MIN: port.default(42000).describe('first UDP port for media, one per recorded person'),
  RECORDER_PORT_MAX: port.default(42999).describe('last UDP port for media'),
  RECORDER_HEALTH_PORT: port.default(3002).describe('where the recorder answers /healthz and /metrics'),
  RECORDINGS_DIR: z.string().default('./recordings').describe('where recordings are written and served from'),
  MIN_FREE_DISK: integer(0, Number.MAX_SAFE_INTEGER)
    .default(1024 ** 3)
    .describe('bytes to leave free: below, recordings end and none begins'),
  MAX_RECORDING_HOURS: integer(1, 1000).default(12).describe('a recording ends after so many hours'),
  MAX_TRANSCODES: integer(0, 64)
    .default(4)
    .describe('VP8 pictures converted to H.264 at once; of more people only sound is recorded'),
  FFMPEG_PATH: z
    .string()
    .optional()
    .describe("the ffmpeg to use, 5 or newer; without it ffmpeg-static's, the system's or Debian's"),
  AUDIO: audioCodecSchema
    .default('aac')
    .describe(
      'aac for every player; opus keeps sound as it was sent, which takes no codec; tokens may say otherwise',
    ),
  MAX_RECORDED_PEOPLE: integer(1, 1000).default(150).describe('people recorded at once by one recorder'),
};
