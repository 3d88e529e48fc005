import type { RecordingSummary } from '#protocol/http/recordings.ts';

/** What is indexed of one recording's texts; a day of lively chat stays below. */
export const MAX_SEARCH_LENGTH = 200_000;
/** Words of a query that count. */
const MAX_WORDS = 10;
/** Below this length the trigram index finds nothing. */
const TRIGRAM_LENGTH = 3;

/** The text in the form in which texts are compared. */
const foldCase = (text: string) => text.normalize('NFC').toLowerCase();

/** What search looks through: the names, then the chat. */
export function searchTextOf(summary: RecordingSummary, chat: readonly string[]): string {
  return foldCase([summary.meetingName, ...summary.people, ...chat].join('\n')).slice(0, MAX_SEARCH_LENGTH);
}

/** The words of a query, each of which must be found. */
export function wordsOf(query: string): string[] {
  return foldCase(query).split(/\s+/u).filter(Boolean).slice(0, MAX_WORDS);
}

/** The FTS5 expression for those words that the trigram index can find; undefined when it can find none. */
export function matchExpression(words: readonly string[]): string | undefined {
  const long = words.filter((word) => [...word].length >= TRIGRAM_LENGTH);
  if (long.length === 0) return undefined;
  return long.map((word) => `"${word.replaceAll('"', '""')}"`).join(' AND ');
}
