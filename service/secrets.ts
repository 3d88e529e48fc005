import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits in letters that are safe in URLs, headers and cookies: neither guessed nor drawn twice. */
export function makeSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** For secrets of full entropy only: passwords take scrypt. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

export function keyedHash(key: string, secret: string): string {
  return createHmac('sha256', key).update(secret).digest('base64url');
}

/** Compares in a time that tells nothing about where they differ. */
export function sameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Random letters that nobody mistakes for another. `LETTERS` has 31: the small bias of the remainder is harmless. */
export function randomLetters(count: number): string {
  return Array.from(randomBytes(count), (byte) => LETTERS[byte % LETTERS.length]).join('');
}
