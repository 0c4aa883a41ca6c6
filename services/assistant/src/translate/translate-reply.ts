import type { GuardrailRecord, ModelCall } from '@waybill/database'
import type { OutboundMessage } from '@waybill/whatsapp'
import type { Guard } from '../guard/guard.ts'
import type { OtherLanguage } from '../languages/other-languages.ts'
import type { AskTranslation } from './ask-translation.ts'
import { type Masked, mask, saysTheSameFacts, unmask } from './keep-facts.ts'
import { type Piece, piecesOf, withTexts } from './message-texts.ts'
import type { TranslationCache } from './translation-cache.ts'

export type Outcome = 'cached' | 'translated' | 'refused' | 'blocked' | 'unavailable' | 'nothing'
export type Translated = {
  replies: OutboundMessage[]
  outcome: Outcome
  call?: ModelCall | undefined
  guardrails?: GuardrailRecord[]
}
export type TranslateReplies = (
  asked: {
    language: OtherLanguage
    replies: readonly OutboundMessage[]
    /** Names and addresses: the model does not see them. */
    literals: readonly string[]
    permissions: readonly string[]
    mayAsk: boolean
  },
  signal: AbortSignal,
) => Promise<Translated>

type Deps = {
  guard: Pick<Guard, 'mayBeRead' | 'output'>
  ask: AskTranslation
  cache: TranslationCache
  onTranslated: (outcome: Outcome) => void
  onAsked: (call: ModelCall) => void
}

/**
 * Replies in another language, if all facts in them survive letter by letter; else as they were, in English. A button
 * whose translation does not fit keeps its English title. What is to be translated may hold what others wrote into an
 * order: the model does not see it when it is an attack, and what the model writes is checked as all of its words are.
 */
export function createTranslation({ guard, ask, cache, onTranslated, onAsked }: Deps): TranslateReplies {
  return async (asked, signal) => {
    const translated = await translate(asked, signal)
    if (translated.call) onAsked(translated.call)
    if (translated.outcome !== 'nothing') onTranslated(translated.outcome)
    return translated
  }

  async function translate(
    { language, replies, literals, permissions, mayAsk }: Parameters<TranslateReplies>[0],
    signal: AbortSignal,
  ): Promise<Translated> {
    const asIs = { replies: [...replies] }
    const pieces = replies.map(piecesOf)
    const masked = pieces.flat().map(({ text }) => mask(text, literals))
    const texts = masked.map(({ text }) => text)
    if (texts.length === 0) return { ...asIs, outcome: 'nothing' }

    const known = await cache.read(language, texts)
    const fromCache = known && tellAll(known)
    if (fromCache) return letOut(fromCache, 'cached')
    if (!mayAsk) return { ...asIs, outcome: 'unavailable' }

    const { isHarmless, records } = await guard.mayBeRead(
      texts,
      { language: 'en', source: 'order_note' },
      signal,
    )
    if (!isHarmless) return { ...asIs, outcome: 'blocked', guardrails: records }
    const { texts: translations, call } = await ask({ language, texts }, signal)
    if (!translations) return { ...asIs, outcome: 'unavailable', call, guardrails: records }
    const told = tellAll(translations)
    if (!told) {
      return { ...asIs, outcome: 'refused', call: { ...call, outcome: 'facts-changed' }, guardrails: records }
    }
    const translated = await letOut(told, 'translated')
    if (translated.outcome === 'translated') await cache.write(language, texts, translations)
    return { ...translated, call, guardrails: [...records, ...(translated.guardrails ?? [])] }

    function tellAll(translations: readonly string[]): string[] | undefined {
      const told = pieces.flat().map((piece, index) => tell(piece, masked[index], translations[index] ?? ''))
      const whole = told.filter((it) => it !== undefined)
      return whole.length < told.length ? undefined : whole
    }

    async function letOut(told: readonly string[], outcome: 'cached' | 'translated'): Promise<Translated> {
      const asked = told.map((text, index) => {
        return { text, facts: [pieces.flat()[index]?.text ?? ''], permissions, language }
      })
      const checked = await guard.output(asked, signal)
      const guardrails = checked.flatMap(({ record }) => record ?? [])
      // What would have to be changed is not said in these words.
      if (checked.some(({ isLetOut, text }, index) => !isLetOut || text !== told[index])) {
        return { ...asIs, outcome: 'blocked', guardrails }
      }
      const rest = [...told]
      return {
        replies: replies.map((reply, index) => withTexts(reply, rest.splice(0, pieces[index]?.length ?? 0))),
        ...{ outcome, guardrails },
      }
    }
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
