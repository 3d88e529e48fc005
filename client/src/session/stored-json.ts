import { z } from 'zod';

/** What this browser kept as JSON, as far as it is still understood. */
export function readStored<T extends z.ZodType>(schema: T, text: string | undefined): z.infer<T> | undefined {
  return z
    .string()
    .transform((json, context) => {
      try {
        return JSON.parse(json) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema)
    .safeParse(text).data;
}
