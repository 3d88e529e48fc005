import { z } from 'zod';

/** To the thread that scans, and its answer. */
export const scanOrderSchema = z.object({ extent: z.enum(['all', 'changes']) });
export const scanAnswerSchema = z.union([
  z.object({ present: z.array(z.tuple([z.string(), z.string()])), removed: z.array(z.string()) }),
  z.object({ problem: z.string() }),
]);
