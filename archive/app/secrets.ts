import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits in letters that are safe in URLs, headers and cookies. */
export function makeSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** For secrets of full entropy only: passwords take scrypt. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Random letters that nobody mistakes for another. `LETTERS` has 31: the small bias of the remainder is harmless. */
export function randomLetters(count: number): string {
  return Array.from(randomBytes(count), (byte) => LETTERS[byte % LETTERS.length]).join('');
}
