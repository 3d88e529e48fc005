import { z } from 'zod';
import type { manifestSchema } from '#protocol/manifest.ts';

/** Lists of a manifest, which are handed over in slices. */
export const LISTS = ['people', 'files', 'speakers', 'chat', 'consent', 'problems'] as const;
/** Entries of one slice: a few milliseconds for who takes it. */
export const SLICE = { people: 500, files: 20, speakers: 500, chat: 200, consent: 500, problems: 500 };

/** To the thread that reads manifests: a text, then what comes next of it until nothing does. */
export const manifestOrderSchema = z.union([
  z.object({ text: z.string() }),
  z.object({ next: z.literal(true) }),
]);

export type ManifestOrder = z.infer<typeof manifestOrderSchema>;

/** From our own thread, which has checked the manifest itself: looking at all of it again is what it saves. */
export const manifestAnswerSchema = z.union([
  z.object({ head: z.custom<z.infer<typeof manifestSchema>>() }),
  z.object({ list: z.enum(LISTS), entries: z.custom<never[]>(Array.isArray) }),
  z.object({ done: z.literal(true) }),
  z.object({ problem: z.string() }),
]);
export type ManifestAnswer = z.infer<typeof manifestAnswerSchema>;
