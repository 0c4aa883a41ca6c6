import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { ReachableRedis } from '../session/reach-redis.ts'
import { TRANSLATION_PROMPT } from './ask-translation.ts'

/** Translations that passed the check, without names and addresses: shared by all drivers. Never throws. */
export type TranslationCache = {
  read(language: string, texts: readonly string[]): Promise<readonly string[] | undefined>
  write(language: string, texts: readonly string[], translated: readonly string[]): Promise<void>
}

const TTL_SECONDS = 30 * 24 * 60 * 60
const stored = z.array(z.string())

export function createTranslationCache(redis: Pick<ReachableRedis, 'call'>, log: Logger): TranslationCache {
  return {
    async read(language, texts) {
      try {
        const found = await redis.call((it) => it.get(keyOf(language, texts)))
        const parsed = found === null ? undefined : stored.safeParse(JSON.parse(found)).data
        return parsed?.length === texts.length ? parsed : undefined
      } catch (error) {
        log.debug({ err: error }, 'a translation could not be read')
        return undefined
      }
    },
    async write(language, texts, translated) {
      const value = JSON.stringify(translated)
      try {
        await redis.call((it) => it.set(keyOf(language, texts), value, 'EX', TTL_SECONDS))
      } catch (error) {
        log.debug({ err: error }, 'a translation could not be kept')
      }
    },
  }
}

function keyOf(language: string, texts: readonly string[]): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([TRANSLATION_PROMPT, texts]))
    .digest('base64url')
  return `translation:${language}:${hash}`
}
