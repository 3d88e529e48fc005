import { type Retention, retentionSchema } from '#protocol/http/storage.ts';

const GIGABYTE = 1e9;

/** The rules as they stand in the fields of a form; an empty field is no rule. */
export interface RetentionFields {
  days: string;
  gigabytes: string;
}

export function fieldsOf({ days, maxBytes }: Retention): RetentionFields {
  return {
    days: days === null ? '' : String(days),
    gigabytes: maxBytes === null ? '' : String(maxBytes / GIGABYTE),
  };
}

/** The rules that the fields name; for each field that cannot be understood, that it is wrong. */
export function rulesOf({ days, gigabytes }: RetentionFields): {
  rules: Retention | undefined;
  wrong: { days: boolean; gigabytes: boolean };
} {
  const { shape } = retentionSchema;
  const givenDays = shape.days.safeParse(numberIn(days));
  const bytes = numberIn(gigabytes.replace(',', '.'));
  const givenBytes = shape.maxBytes.safeParse(bytes === null ? null : Math.round(bytes * GIGABYTE));
  return {
    rules:
      givenDays.success && givenBytes.success
        ? { days: givenDays.data, maxBytes: givenBytes.data }
        : undefined,
    wrong: { days: !givenDays.success, gigabytes: !givenBytes.success },
  };
}

export function sameRules(one: Retention, other: Retention): boolean {
  return one.days === other.days && one.maxBytes === other.maxBytes;
}

const numberIn = (text: string): number | null => (text.trim() === '' ? null : Number(text));
