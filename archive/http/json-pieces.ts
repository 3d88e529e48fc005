import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Manifest } from '#protocol/manifest.ts';
import { nextTurn } from '#service/clock.ts';

/** Text that is made in one go. */
const PIECE_CHARS = 64 * 1024;
/** A manifest of fewer entries is answered in one piece. */
const SHORT_ENTRIES = 2000;

/** An answer that holds a manifest: a long one is made piece by piece, so that nobody else waits for it. */
export function answerWithManifest<T extends { manifest: Manifest }>(
  reply: FastifyReply,
  answer: T,
): T | FastifyReply {
  if (entriesOf(answer.manifest) < SHORT_ENTRIES) return answer;
  reply.type('application/json; charset=utf-8');
  return reply.send(Readable.from(jsonPieces(answer), { objectMode: false }));
}

/** The value's JSON. */
export async function* jsonPieces(value: unknown): AsyncGenerator<string> {
  let piece = '';
  for (const part of parts(value)) {
    piece += part;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = '';
    await nextTurn();
  }
  yield piece;
}

function* parts(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    yield '[';
    for (const [at, entry] of value.entries()) {
      if (at > 0) yield ',';
      yield* parts(entry);
    }
    yield ']';
  } else if (holdsLists(value)) {
    let opening = '{';
    for (const [key, entry] of Object.entries(value)) {
      if (entry === undefined) continue;
      yield `${opening}${JSON.stringify(key)}:`;
      yield* parts(entry);
      opening = ',';
    }
    yield '}';
  } else yield JSON.stringify(value);
}

/** An object that is not small by itself. */
function holdsLists(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((entry) => Array.isArray(entry) || holdsLists(entry));
}

function entriesOf({ chat, consent, files, people, speakers }: Manifest): number {
  const details = files.map(({ gaps, losses, muted }) => gaps.length + losses.length + muted.length);
  const lists = chat.length + consent.length + files.length + people.length + speakers.length;
  return details.reduce((sum, count) => sum + count, lists);
}
