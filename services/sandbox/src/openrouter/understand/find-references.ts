import vocabulary from './vocabulary.json' with { type: 'json' }
import { isVocabulary, type Word } from './words.ts'

const ordinals = new Map(
  Object.entries(vocabulary.references).flatMap(([place, forms]) =>
    forms.split(' ').map((form) => [form, place]),
  ),
)
const ORDER_NUMBER = /^#?(\d{3,})$/
const SMALL_NUMBER = /^#?(\d{1,2})$/
// "2 hours", "at 5", "10 km": numbers that are no place in a list.
const MEASURES =
  /^(min|mins|minute|minutes|minutos?|hours?|horas?|h|km|kg|am|pm|miles?|boxes|caixas?|cajas?|de|times?|vezes|veces)$/
const CLOCK_WORDS = /^(at|as|by|until|till|ate|hasta|around|las|in|em|en|dentro)$/

/** Orders that the words name by number or by place in a list: "12346", "#2", "the second one", "last". */
export function numbersIn(words: readonly Word[]): string[] {
  const found = words.flatMap(({ form, written }, index) => {
    const long = ORDER_NUMBER.exec(written) ?? ORDER_NUMBER.exec(form)
    if (long?.[1]) return [long[1]]
    const ordinal = ordinals.get(form)
    if (ordinal) return isFirstAdverb(words, index) ? [] : [ordinal]
    const small = SMALL_NUMBER.exec(form)?.[1]
    return small && isPlace(words, index) ? [String(Number(small))] : []
  })
  return [...new Set(found)]
}

function isPlace(words: readonly Word[], index: number): boolean {
  const before = words[index - 1]?.form ?? ''
  const after = words[index + 1]?.form ?? ''
  return !MEASURES.test(after) && !CLOCK_WORDS.test(before)
}

// "where do I go first" asks for the next stop.
function isFirstAdverb(words: readonly Word[], index: number): boolean {
  return /^(go|voy|vou|ir)$/.test(words[index - 1]?.form ?? '')
}

const CONNECTORS = /^(de|del|da|do|of|the|la|las|los|el|e|y|and|o|a|s|no|na)$/
const NAME_LENGTH_MIN = 3

/** The words that are in no vocabulary, as they were written: most likely a customer's name. */
export function nameIn(words: readonly Word[]): string | undefined {
  const isName = words.map(({ form }) => !isVocabulary(form) && !/^#?\d+$/.test(form))
  const start = isName.findIndex((is, index) => is && (words[index]?.form.length ?? 0) >= NAME_LENGTH_MIN)
  if (start < 0) return undefined
  let end = start
  for (let index = start + 1; index < words.length; index++) {
    if (isName[index] || isCapitalised(words[index])) end = index
    else if (!CONNECTORS.test(words[index]?.form ?? '')) break
  }
  return words
    .slice(start, end + 1)
    .map(({ written }) => written.replace(/['’]s$/i, ''))
    .join(' ')
}

function isCapitalised(word: Word | undefined): boolean {
  return word !== undefined && /^\p{Lu}/u.test(word.written)
}
