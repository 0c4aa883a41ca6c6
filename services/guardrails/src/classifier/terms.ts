/** Words in a normalised text, in the order in which they come. */
export const wordsIn = (text: string): string[] => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []

const WORDS_MAX = 3
/** Beginnings of words that are rude however they go on: "fucked", "merdoso". */
const STEMS = new Set(
  [
    'fuck shit bitch bastard asshole arsehole dumbass motherf cunt wank whore slut retard nigg faggot jackass bullsh dickhead douche',
    'merda porra caralh foder fodid fodas arromb viad bucet cacete putaria vagabund babaca cuzao desgrac',
    'mierd pendej cabron ching joder jodid jodet verga marico gilipoll zorra boludo hijueput malparid carajo culer',
    'scheiss scheis arsch fick wichs hurens schlamp fotze missgeburt trottel dreck merde putain connard connass salop encul batard',
    'cazzo stronz vaffan puttan troia minchi bastard coglion chutiy madarch behench bhench gaand randi haram kutte kamine bsdk',
  ].flatMap((words) => words.split(' ')),
)
const STEM_LENGTH = { min: 4, max: 8 }

/** How many rude words stand in a text: the terms, each of one to three normalised words, and words of a rude stem. */
export function countTerms(words: readonly string[], terms: ReadonlySet<string>): number {
  let count = 0
  for (let start = 0; start < words.length; start += 1) {
    if (hasRudeStem(words[start] ?? '')) {
      count += 1
      continue
    }
    let term = ''
    for (let length = 0; length < WORDS_MAX && start + length < words.length; length += 1) {
      term = length === 0 ? (words[start] ?? '') : `${term} ${words[start + length] ?? ''}`
      if (terms.has(term)) {
        count += 1
        break
      }
    }
  }
  return count
}

function hasRudeStem(word: string): boolean {
  for (let length = STEM_LENGTH.min; length <= Math.min(STEM_LENGTH.max, word.length); length += 1)
    if (STEMS.has(word.slice(0, length))) return true
  return false
}
