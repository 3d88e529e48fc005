import { expect } from 'vitest';
import type { z } from 'zod';

const accepted = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

/** Each of these is accepted. */
export function accepts(schema: z.ZodType, ...values: unknown[]): void {
  expect(values.filter((value) => !accepted(schema, value))).toEqual([]);
}

/** None of these is accepted. */
export function refuses(schema: z.ZodType, ...values: unknown[]): void {
  expect(values.filter((value) => accepted(schema, value))).toEqual([]);
}
