import { meetingIdSchema } from '#protocol/identifiers.ts';

/** The meeting that a pasted link or code names; undefined when it names none. */
export function meetingIdFrom(text: string): string | undefined {
  const trimmed = text.trim();
  const inLink = /\/m\/([^/?#]+)/.exec(trimmed)?.[1];
  const parsed = meetingIdSchema.safeParse(inLink ?? trimmed);
  return parsed.success ? parsed.data : undefined;
}
