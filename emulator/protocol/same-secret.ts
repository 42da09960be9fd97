import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a header has the secret that it must have, in a time that tells nothing about the secret. */
export function isSameSecret(given: unknown, expected: string): boolean {
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
