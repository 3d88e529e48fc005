import { z } from 'zod';
import { connectionIdSchema, meetingIdSchema, meetingNameSchema, personNameSchema } from './identifiers.ts';
import { audioCodecSchema, roleSchema, videoCodecSchema } from './people.ts';

/**
 * Claims of the JWT (HS256, signed with JOIN_SECRET) that lets one person into one meeting. Any system that
 * knows the secret may mint one.
 */
export const joinClaimsSchema = z.object({
  meeting: meetingIdSchema,
  /** Shown as the meeting's title; the id when absent. */
  meetingName: meetingNameSchema.optional(),
  role: roleSchema,
  name: personNameSchema,
  connectionId: connectionIdSchema,
  /** May record where WHO_MAY_RECORD says more than `anyone`; the role must be host all the same. */
  mayRecord: z.literal(true).optional(),
  /**
   * Who this person is to the system that made the token, the same each time: by it a removal, or a "no" to being recorded,
   * holds for each of their tokens. Agrees to nothing.
   */
  sub: z.string().min(1).max(256).optional(),
  /** What the meeting prefers; the first one who enters decides. `vp8` where somebody cannot play H.264. */
  videoCodec: videoCodecSchema.optional(),
  /** How its sound is recorded; the first one who enters decides, else the recorder's AUDIO. */
  audioCodec: audioCodecSchema.optional(),
});
export type JoinClaims = z.infer<typeof joinClaimsSchema>;

/** A token opens a socket within this time; the session that it opened may last longer. */
export const JOIN_TOKEN_LIFETIME_S = 12 * 60 * 60;
