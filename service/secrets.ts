import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export function keyedHash(key: string, secret: string): string {
  return createHmac('sha256', key).update(secret).digest('base64url');
}

/** Compares in a time that tells nothing about where they differ. */
export function sameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
