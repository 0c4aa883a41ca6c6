import { createHash, timingSafeEqual } from 'node:crypto'

/** Takes the same time whichever character differs; hashed, because timingSafeEqual wants equal lengths. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
