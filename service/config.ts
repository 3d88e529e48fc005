import { z } from 'zod';
import { Fault } from '#protocol/errors.ts';

/** A configuration: one zod field per key of the environment, each with its default and a description. */
export type ConfigFields = Record<string, z.ZodType>;

/**
 * Reads a process's keys from the environment. An empty value counts as absent, as in the lines of `.env.example`.
 * @throws Fault `config-invalid` that names every wrong key at once.
 */
export function readConfig<F extends ConfigFields>(
  fields: F,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<z.ZodObject<F>> {
  const given = Object.fromEntries(Object.keys(fields).map((key) => [key, env[key] || undefined]));
  const result = z.object(fields).safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Fault(
    'config-invalid',
    `The configuration is not valid (see .env.example):\n${faults.join('\n')}`,
  );
}

/** What the programs that a server starts, and Node itself, may still ask for: none of it is ours. */
const KEPT_KEYS = new Set(
  'PATH LD_LIBRARY_PATH HOME TMPDIR LANG LC_ALL TZ NODE_ENV UV_THREADPOOL_SIZE'.split(' '),
);

/**
 * Reads this process's keys and takes everything else out of its environment: what it starts afterwards, the media workers of
 * a library among it, cannot be given a secret by accident.
 * @throws Fault `config-invalid`
 */
export function takeConfig<F extends ConfigFields>(fields: F): z.infer<z.ZodObject<F>> {
  const config = readConfig(fields, process.env);
  for (const key of Object.keys(process.env)) if (!KEPT_KEYS.has(key)) delete process.env[key];
  return config;
}

/** An integer from text, within bounds that the message names. */
export function integer(min: number, max: number) {
  return z
    .string()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
}

export const port = integer(1, 65535);

/** Keys that every server process reads. */
export const commonFields = {
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('least severe log lines to print'),
};
