import { createHash } from 'node:crypto'

const PREFIX_TOKENS_MIN = 1_024
const STEP_TOKENS = 128

/**
 * Which leading tokens of a prompt a provider has in its cache, by the documented rule: those of a prompt that was
 * read at most `keptMinutes` ago, 1,024 at least, in steps of 128.
 * https://openrouter.ai/docs/guides/best-practices/prompt-caching
 */
export function createPrefixCache(keptMinutes: number) {
  const usedAt = new Map<string, number>()

  /** How many of these tokens are cached; from now on all of them are. `at`: in minutes, never before the last one. */
  return function read(tokens: readonly number[], at: number): number {
    const hash = createHash('sha256')
    let hashed = 0
    let cached = 0
    for (let length = PREFIX_TOKENS_MIN; length <= tokens.length; length += STEP_TOKENS) {
      hash.update(`${tokens.slice(hashed, length).join(' ')} `)
      hashed = length
      const prefix = hash.copy().digest('base64')
      const last = usedAt.get(prefix)
      if (last !== undefined && at - last <= keptMinutes) cached = length
      usedAt.set(prefix, at)
    }
    return cached
  }
}
