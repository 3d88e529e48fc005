import { z } from 'zod';

/** To the process that makes one MP4, and what it answers: how much is done, then that it is over. */
export const mp4OrderSchema = z.object({
  source: z.string(),
  target: z.string(),
  wanted: z.array(z.enum(['pictures', 'sound'])),
});
export type Mp4Order = z.infer<typeof mp4OrderSchema>;

export const mp4AnswerSchema = z.union([
  z.object({ done: z.number() }),
  z.object({ over: z.literal(true) }),
  z.object({ problem: z.string() }),
]);
export type Mp4Answer = z.infer<typeof mp4AnswerSchema>;
