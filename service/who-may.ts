import { z } from 'zod';
import { Fault } from '#protocol/errors.ts';

/** Who may do what anybody could who reaches the server: anyone, who knows a key, or who is signed in. */
export const whoMay = z.enum(['anyone', 'key', 'admin']);

/** Given to many people: long enough not to be guessed against the waits between guesses. */
export const MIN_KEY_LENGTH = 12;
export const sharedKey = z
  .string()
  .min(MIN_KEY_LENGTH, `must have at least ${MIN_KEY_LENGTH} characters`)
  .max(256)
  .optional();

export type Policy = { who: 'anyone' } | { who: 'key'; key: string } | { who: 'admin' };

/** @throws Fault `config-invalid` for `key` without one */
export function policyOf(what: 'CREATE' | 'RECORD', who: z.infer<typeof whoMay>, key?: string): Policy {
  if (who !== 'key') return { who };
  if (key !== undefined) return { who, key };
  throw new Fault('config-invalid', `WHO_MAY_${what}=key needs a ${what}_KEY: set one in .env.`);
}

interface OpenServer {
  HOST: string;
  PUBLIC_URL?: string | undefined;
  WHO_MAY_CREATE: z.infer<typeof whoMay>;
  WHO_MAY_RECORD: z.infer<typeof whoMay>;
}

/** What anyone may do who reaches a server that more than this machine reaches; named at every start. */
export function openToAnyone(config: OpenServer): string[] {
  const isAlone = ['127.0.0.1', '::1', 'localhost'].includes(config.HOST) && config.PUBLIC_URL === undefined;
  if (isAlone) return [];
  return [
    ...(config.WHO_MAY_CREATE === 'anyone' ? ['make meetings (WHO_MAY_CREATE)'] : []),
    ...(config.WHO_MAY_RECORD === 'anyone' ? ['record them (WHO_MAY_RECORD)'] : []),
  ];
}
