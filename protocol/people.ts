import { z } from 'zod';
import { connectionIdSchema, personNameSchema } from './identifiers.ts';

export const roleSchema = z.enum(['host', 'participant']);
export type Role = z.infer<typeof roleSchema>;

/** What a person sends. One file per person and file source: camera with microphone, screen with its sound. */
export const sourceSchema = z.enum(['microphone', 'camera', 'screen', 'screen-audio']);
export type Source = z.infer<typeof sourceSchema>;

export const fileSourceSchema = z.enum(['camera', 'screen']);
export type FileSource = z.infer<typeof fileSourceSchema>;

export const kindSchema = z.enum(['audio', 'video']);
export type Kind = z.infer<typeof kindSchema>;

/** The file that a source is written into. */
export function fileSourceOf(source: Source): FileSource {
  return source === 'microphone' || source === 'camera' ? 'camera' : 'screen';
}

export function kindOf(source: Source): Kind {
  return source === 'camera' || source === 'screen' ? 'video' : 'audio';
}

/** A person's answer about being recorded. `pending`: asked, not answered, therefore not recorded. */
export const consentSchema = z.enum(['pending', 'accepted', 'declined', 'withdrawn']);
export type Consent = z.infer<typeof consentSchema>;

export const videoCodecSchema = z.enum(['h264', 'vp8']);
export type VideoCodec = z.infer<typeof videoCodecSchema>;

/** How the sound of a file is coded: made into AAC, which plays everywhere, or Opus as it was sent. */
export const audioCodecSchema = z.enum(['aac', 'opus']);
export type AudioCodec = z.infer<typeof audioCodecSchema>;

export const producerInfoSchema = z.object({
  producerId: z.string(),
  source: sourceSchema,
  /** True while muted or the camera is off. */
  paused: z.boolean(),
  /** Paused by nobody's wish: the system took the device, for a phone call for instance. */
  silenced: z.literal(true).optional(),
  /** Of a video: a browser that cannot play it knows why it sees nothing. */
  codec: videoCodecSchema.optional(),
});
export type ProducerInfo = z.infer<typeof producerInfoSchema>;

/** How well media travels between a person and the server: the worse of both directions. */
export const qualitySchema = z.enum(['good', 'fair', 'poor']);
export type Quality = z.infer<typeof qualitySchema>;

export const personSchema = z.object({
  connectionId: connectionIdSchema,
  name: personNameSchema,
  role: roleSchema,
  /** False from a lost signalling socket until the person is back or gone. */
  connected: z.boolean(),
  /** Since when the hand is up, on the server's clock; who raised it first speaks first. */
  handRaisedAtMs: z.number().optional(),
  /** Absent until it has been measured. */
  quality: qualitySchema.optional(),
  producers: z.array(producerInfoSchema),
});
export type Person = z.infer<typeof personSchema>;
