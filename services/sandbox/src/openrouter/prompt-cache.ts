import { createHash } from 'node:crypto'

const CHARS_PER_TOKEN = 4
const PREFIX_TOKENS_MIN = 1_024
const STEP_TOKENS = 128
const KEPT_MS = 10 * 60 * 1_000
const PREFIXES_MAX = 200_000

export type PromptCache = ReturnType<typeof createPromptCache>

/** Tokens are counted as four characters each: near enough for English, and the same in every run. */
export function tokensIn(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN)
}

/**
 * Which leading part of a prompt was seen lately under the same routing key: at least 1,024 tokens, in steps of
 * 128, forgotten 10 minutes after its last use. https://openrouter.ai/docs/guides/best-practices/prompt-caching
 */
export function createPromptCache(now: () => number) {
  const usedAt = new Map<string, number>()

  return {
    /** Tokens of `prompt` that are read from the cache; remembers it for the next one. */
    use(key: string, prompt: string): number {
      const at = now()
      let cachedTokens = 0
      const hash = createHash('sha256').update(key).update('\n')
      let hashedTokens = 0
      for (let tokens = PREFIX_TOKENS_MIN; tokens <= tokensIn(prompt); tokens += STEP_TOKENS) {
        hash.update(prompt.slice(hashedTokens * CHARS_PER_TOKEN, tokens * CHARS_PER_TOKEN))
        hashedTokens = tokens
        const prefix = hash.copy().digest('base64')
        const lastUse = usedAt.get(prefix)
        if (lastUse !== undefined && at - lastUse <= KEPT_MS) cachedTokens = tokens
        usedAt.delete(prefix)
        usedAt.set(prefix, at)
      }
      for (const oldest of usedAt.keys()) {
        if (usedAt.size <= PREFIXES_MAX) break
        usedAt.delete(oldest)
      }
      return cachedTokens
    },
    reset: () => usedAt.clear(),
  }
}
