import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configFields as archiveFields } from '#archive/config.ts';
import { configFields as recorderFields } from '#recorder/config.ts';
import { configFields as sfuFields } from '#sfu/config.ts';
import { root } from './setup/places.ts';

const read = (name: string): string => readFileSync(join(root, name), 'utf8');

interface Key {
  meaning: string | undefined;
  /** As one would write it in .env; empty where there is no default. */
  value: string;
}

/** The keys of a file in the form of .env.example: comment lines with the meaning, then `# KEY=value`. */
function keysOf(example: string): Map<string, Key> {
  const keys = new Map<string, Key>();
  let meaning: string | undefined;
  for (const line of example.split('\n')) {
    const [, key, value] = /^# ([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (key !== undefined) {
      expect(keys.has(key), `${key} stands there twice`).toBe(false);
      keys.set(key, { meaning, value: value ?? '' });
      meaning = undefined;
    } else {
      meaning = /^# (.+)$/.exec(line)?.[1];
    }
  }
  return keys;
}

/** Keys that set-up alone reads, before there is a schema, and what is theirs to say. */
const SETUP_KEYS = ['FFMPEG_PATH', 'MEDIASOUP_WORKER_BIN', 'CHROMIUM_PATH'];
/** Keys whose default is this machine's own, given in words. */
const MACHINE_DEFAULTS = ['SFU_WORKERS'];

test('.env.example lists exactly the keys of the processes, with their defaults and meanings', () => {
  const listed = keysOf(read('.env.example'));
  const fields = { ...sfuFields, ...recorderFields, ...archiveFields };
  const expected = Object.entries(fields).map(([key, field]) => {
    const value = MACHINE_DEFAULTS.includes(key) ? undefined : field.safeParse(undefined).data;
    const text = value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    return [key, { meaning: field.description, value: text }] as const;
  });
  const ours = [...listed].filter(([key]) => !SETUP_KEYS.includes(key) || key in fields);
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(expected));
  for (const key of SETUP_KEYS) expect(listed.get(key)?.meaning, key).toBeTruthy();
});

test('a key that several processes read means the same to all of them', () => {
  const all = [sfuFields, recorderFields, archiveFields].flatMap((fields) => Object.entries(fields));
  for (const [key, field] of all) {
    const others = all.filter(([other]) => other === key).map(([, { description }]) => description);
    expect(new Set(others), key).toEqual(new Set([field.description]));
  }
});
