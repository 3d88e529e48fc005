import { z } from 'zod';

/** To the process that computes sums. */
export const hashOrderSchema = z.object({ id: z.number().int(), path: z.string() });

/** From it: the sum, or why there is none. */
export const hashAnswerSchema = z.union([
  z.object({ id: z.number().int(), sha256: z.string(), crc32: z.string() }),
  z.object({ id: z.number().int(), problem: z.string() }),
]);
export type HashAnswer = z.infer<typeof hashAnswerSchema>;

/** Of one file, both in lower-case hexadecimal. */
export interface Sums {
  sha256: string;
  crc32: string;
}
