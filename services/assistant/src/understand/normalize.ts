/** Lower case, no accents, no punctuation but `#`, single spaces. Emoji stay. */
export function normalize(words: string): string {
  return words
    .normalize('NFKD')
    .replaceAll(/\p{Mn}|\p{Emoji_Modifier}|\uFE0F/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{Extended_Pictographic}#]+/gu, ' ')
    .trim()
}

const ORDINALS: ReadonlyMap<string, number> = new Map(
  [
    ['first', '1st', 'primeiro', 'primeira', 'primero', 'primera', 'primer'],
    ['second', '2nd', 'segundo', 'segunda'],
    ['third', '3rd', 'terceiro', 'terceira', 'tercero', 'tercera', 'tercer'],
    ['fourth', '4th', 'quarto', 'quarta', 'cuarto', 'cuarta'],
    ['fifth', '5th', 'quinto', 'quinta'],
    ['sixth', '6th', 'sexto', 'sexta'],
    ['seventh', '7th', 'setimo', 'setima', 'septimo', 'septima'],
    ['eighth', '8th', 'oitavo', 'oitava', 'octavo', 'octava'],
    ['ninth', '9th', 'nono', 'nona', 'noveno', 'novena'],
    ['tenth', '10th', 'decimo', 'decima'],
  ].flatMap((words, index) => words.map((word) => [word, index + 1] as const)),
)

/** The only place in a list (1 to 99) that normalised words name, as a number or an ordinal. */
export function numberIn(normalized: string): number | undefined {
  const places = normalized.split(' ').flatMap((word) => {
    if (/^#?\d{1,2}$/.test(word)) return [Number(word.replace('#', ''))]
    const ordinal = ORDINALS.get(word)
    return ordinal === undefined ? [] : [ordinal]
  })
  const [place, ...others] = new Set(places)
  return others.length === 0 ? place : undefined
}
