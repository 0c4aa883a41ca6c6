import type { ModelCall } from '@waybill/database'
import type { OutboundMessage } from '@waybill/whatsapp'
import type { OtherLanguage } from '../languages/other-languages.ts'
import type { AskTranslation } from './ask-translation.ts'
import { type Masked, mask, saysTheSameFacts, unmask } from './keep-facts.ts'
import { type Piece, piecesOf, withTexts } from './message-texts.ts'
import type { TranslationCache } from './translation-cache.ts'

export type Outcome = 'cached' | 'translated' | 'refused' | 'unavailable' | 'nothing'
export type Translated = { replies: OutboundMessage[]; outcome: Outcome; call?: ModelCall }
export type TranslateReplies = (
  asked: {
    language: OtherLanguage
    replies: readonly OutboundMessage[]
    /** Names and addresses: the model does not see them. */
    literals: readonly string[]
    mayAsk: boolean
  },
  signal: AbortSignal,
) => Promise<Translated>

type Deps = {
  ask: AskTranslation
  cache: TranslationCache
  onTranslated: (outcome: Outcome) => void
  onAsked: (call: ModelCall) => void
}

/**
 * Replies in another language, if all facts in them survive letter by letter; else as they were, in English. A button
 * whose translation does not fit keeps its English title.
 */
export function createTranslation({ ask, cache, onTranslated, onAsked }: Deps): TranslateReplies {
  return async (asked, signal) => {
    const translated = await translate(asked, signal)
    if (translated.call) onAsked(translated.call)
    if (translated.outcome !== 'nothing') onTranslated(translated.outcome)
    return translated
  }

  async function translate(
    { language, replies, literals, mayAsk }: Parameters<TranslateReplies>[0],
    signal: AbortSignal,
  ): Promise<Translated> {
    const asIs = { replies: [...replies] }
    const pieces = replies.map(piecesOf)
    const masked = pieces.flat().map(({ text }) => mask(text, literals))
    const texts = masked.map(({ text }) => text)
    if (texts.length === 0) return { ...asIs, outcome: 'nothing' }

    const finish = (translations: readonly string[]) => {
      const told = pieces.flat().map((piece, index) => tell(piece, masked[index], translations[index] ?? ''))
      if (told.includes(undefined)) return undefined
      const rest = told.map((it) => it ?? '')
      return replies.map((reply, index) => withTexts(reply, rest.splice(0, pieces[index]?.length ?? 0)))
    }
    const known = await cache.read(language, texts)
    const fromCache = known && finish(known)
    if (fromCache) return { replies: fromCache, outcome: 'cached' }
    if (!mayAsk) return { ...asIs, outcome: 'unavailable' }

    const { texts: translations, call } = await ask({ language, texts }, signal)
    if (!translations) return { ...asIs, outcome: 'unavailable', call }
    const finished = finish(translations)
    if (!finished) return { ...asIs, outcome: 'refused', call: { ...call, outcome: 'facts-changed' } }
    await cache.write(language, texts, translations)
    return { replies: finished, outcome: 'translated', call }
  }
}

/** `undefined`: this translation must not reach a driver. */
function tell(
  { text, lengthMax, isTitle }: Piece,
  masked: Masked = { text, kept: [] },
  translation: string,
): string | undefined {
  const whole = unmask(translation, masked.kept).trim().toWellFormed().replaceAll('\u0000', '')
  // Twice: the marks are all there, and with what they stand for it says what the English text says.
  const isTrue = saysTheSameFacts(masked.text, translation.trim()) && saysTheSameFacts(text, whole)
  const fits = whole !== '' && whole.length <= lengthMax
  if (isTrue && fits) return whole
  return isTitle ? text : undefined
}
