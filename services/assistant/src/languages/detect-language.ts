import { eld } from 'eld/extrasmall'
import { type Language, languageSchema } from '../session/session.ts'
import { isOtherLanguage, OTHER_LANGUAGES, type OtherLanguage } from './other-languages.ts'

const WORDS_MIN = 2
/** How far ahead of the next language the best one has to be: Portuguese and Spanish share most of their letters. */
const LEAD_MIN = 0.02

eld.setLanguageSubset([...languageSchema.options, ...Object.keys(OTHER_LANGUAGES)])

/** The language of a sentence, by its letters. `undefined` for what is too short, or could be several. */
export function detectLanguage(words: string): Language | OtherLanguage | undefined {
  const said = words.replaceAll(/https?:\S+|[\d#]+/g, ' ').trim()
  if (said.split(/\s+/).length < WORDS_MIN) return undefined
  const found = eld.detect(said)
  const [best = 0, second = 0] = Object.values(found.getScores()).sort((a, b) => b - a)
  if (!found.isReliable() || best - second < LEAD_MIN) return undefined
  const known = languageSchema.safeParse(found.language).data
  return known ?? (isOtherLanguage(found.language) ? found.language : undefined)
}
