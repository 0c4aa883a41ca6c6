import { LANGUAGES, type Language, languagesOf, readWords, type Word } from './words.ts'

/** `detected` by the words themselves; `assumed` from what was said before when they don't tell. */
export type SpokenLanguage = { detected: Language | undefined; assumed: Language }

const EVIDENCE_MIN = 0.4
const HINT = /language[^:\n]*[:=]\s*"?(en|pt|es)\b/i

export function languageOf(words: readonly Word[], earlier: readonly string[]): SpokenLanguage {
  const hint = hintIn(earlier)
  const detected = detect(words, hint)
  return { detected, assumed: detected ?? hint ?? 'en' }
}

function detect(words: readonly Word[], hint: Language | undefined): Language | undefined {
  const evidence = new Map(LANGUAGES.map((language) => [language, 0]))
  for (const { form, written } of words) {
    const languages = languagesOf(form)
    for (const language of languages) {
      evidence.set(language, (evidence.get(language) ?? 0) + 1 / languages.size ** 2)
    }
    if (/[ãõçâêô]/i.test(written)) evidence.set('pt', (evidence.get('pt') ?? 0) + 1)
    if (/[ñ¿¡]/i.test(written)) evidence.set('es', (evidence.get('es') ?? 0) + 1)
  }
  const ranked = [...evidence].sort(([, a], [, b]) => b - a)
  const [best, second] = ranked
  if (!best || best[1] < EVIDENCE_MIN) return undefined
  if (second && second[1] === best[1]) {
    return ranked.some(([language, score]) => language === hint && score === best[1]) ? hint : undefined
  }
  return best[0]
}

/** What the conversation says of its language, newest first: a note, or else the words used. */
function hintIn(earlier: readonly string[]): Language | undefined {
  for (const text of earlier.toReversed()) {
    const noted = LANGUAGES.find((language) => language === HINT.exec(text)?.[1]?.toLowerCase())
    const found = noted ?? (text.length < 500 ? detect(readWords(text), undefined) : undefined)
    if (found) return found
  }
  return undefined
}
