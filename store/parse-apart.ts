import { z } from 'zod';
import { type Manifest, manifestSchema } from '#protocol/manifest.ts';
import { parseMessage } from '#protocol/reply.ts';
import { nextTurn } from '#service/clock.ts';
import { Thread } from './thread.ts';

/** Up to here parsing is quicker than asking a thread: a meeting of an hour stays below. */
export const PARSED_AT_ONCE_CHARS = 64 * 1024;

/** Lists of a manifest, which are handed over in slices. */
export const LISTS = ['people', 'files', 'speakers', 'chat', 'consent', 'problems'] as const;
/** Entries of one slice: a few milliseconds for who takes it. */
export const SLICE = { people: 500, files: 20, speakers: 500, chat: 200, consent: 500, problems: 500 };

/** To the thread that reads manifests: a text, then what comes next of it until nothing does. */
export const manifestOrderSchema = z.union([
  z.object({ text: z.string() }),
  z.object({ next: z.literal(true) }),
]);

type ManifestOrder = z.infer<typeof manifestOrderSchema>;

/** From our own thread, which has checked the manifest itself: looking at all of it again is what it saves. */
const manifestAnswerSchema = z.union([
  z.object({ head: z.custom<Manifest>() }),
  z.object({ list: z.enum(LISTS), entries: z.custom<never[]>(Array.isArray) }),
  z.object({ done: z.literal(true) }),
  z.object({ problem: z.string() }),
]);
export type ManifestAnswer = z.infer<typeof manifestAnswerSchema>;

const thread = new Thread('manifest-worker.ts');

/** @throws Error that says what is wrong with it */
export function parseManifest(text: string): Manifest {
  return parseMessage(manifestSchema, JSON.parse(text));
}

/**
 * What `parseManifest` answers, without holding anything else up: a long text is parsed by a thread, one at a time, and
 * comes back in slices.
 * @throws Error that says what is wrong with it
 */
export function parseManifestApart(text: string): Promise<Manifest> {
  if (text.length <= PARSED_AT_ONCE_CHARS) return new Promise((resolve) => resolve(parseManifest(text)));
  return thread.use(async (ask) => {
    const next = async (order: ManifestOrder) => manifestAnswerSchema.parse(await ask(order));
    let answer = await next({ text });
    if (!('head' in answer))
      throw new Error('problem' in answer ? answer.problem : 'The thread answered nothing.');
    const manifest = answer.head;
    for (;;) {
      // Whatever else waits has its turn between two slices.
      await nextTurn();
      answer = await next({ next: true });
      if (!('list' in answer)) return manifest;
      manifest[answer.list].push(...answer.entries);
    }
  });
}
