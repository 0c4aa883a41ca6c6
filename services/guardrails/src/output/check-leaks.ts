import type { Sighting, Span } from '../finding.ts'
import { fold, type PlainText, sentSpan, toPlainText } from './plain-text.ts'

/** What must never leave: marks that stand only in the prompt, names of tools, and phrases of the prompt. */
export type Secrets = { canaries: readonly string[]; forbidden: readonly string[] }

const WORDS_IN_A_ROW = 8
/** As many letters as eight words have: where spaces say nothing, letters in a row are compared. */
const LETTERS_IN_A_ROW = 36
// One window in a stride is looked up: so many letters in a row hold a whole one.
const WINDOW = 24
const STRIDE = LETTERS_IN_A_ROW - WINDOW
const SECRET_LETTERS_MIN = 6
const BASE64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,}={0,2}/g
const INTERNALS =
  /"(?:tool_calls?|tool_call_id|function_call|finish_reason|tool_choice|arguments)"\s{0,4}:|<\/?(?:tool_call|function_call|invoke|function_calls)\b|<\|[a-z_]{2,20}\|>|(?<!\p{L})functions\.[a-z_]{2,40}|(?<![\p{L}\d_])[a-z]{2,20}(?:_[a-z]{2,20}){1,5}\s?\(/giu
const WORD = /[\p{L}\p{N}]+/gu
const SCORES = { canary: 1, prompt: 0.95, tool_name: 0.9, tool_call: 0.8 }

type Kind = keyof typeof SCORES
type Seen = Span & { kind: Kind }
type Prepared = {
  canaries: readonly string[]
  phrases: readonly string[]
  rows: ReadonlySet<string>
  /** The letters of all phrases that are long, and where each window of them begins. */
  letters: string
  windows: ReadonlyMap<string, number>
  toolNames: RegExp | undefined
}

// Settings live as long as the policy.
const prepared = new WeakMap<Secrets, Prepared>()

/** What of the prompt and of the tools stands in a text: openly, spaced out, backwards or in base64. */
export function checkLeaks(plain: PlainText, secrets: Secrets): Sighting[] {
  const known = prepared.get(secrets) ?? prepare(secrets)
  prepared.set(secrets, known)
  const seen = [...seenIn(plain.text, known), ...encoded(plain.text, known)]
  return seen.map(({ kind, start, end }) => ({
    check: 'leak',
    ...{ kind, score: SCORES[kind], span: sentSpan(plain, start, end) },
  }))
}

function prepare({ canaries, forbidden }: Secrets): Prepared {
  const phrases = forbidden
    .filter((it) => !isToolName(it))
    .map((it) => fold(toPlainText(it).text).match(WORD) ?? [])
  const long = phrases.filter((it) => it.length >= WORDS_IN_A_ROW)
  const short = phrases.filter((it) => it.length < WORDS_IN_A_ROW).map((it) => it.join(''))
  // A line break is no letter: nothing goes on from one phrase into the next.
  const letters = long.map((it) => it.join('')).join('\n')
  const tools = forbidden.filter(isToolName).map((it) => it.match(/[^_.-]+/g) ?? [])
  return {
    canaries: canaries
      .map((it) => lettersOf(toPlainText(it).text).letters)
      .filter((it) => it.length >= SECRET_LETTERS_MIN),
    phrases: short.filter((it) => it.length >= 2 * SECRET_LETTERS_MIN),
    rows: new Set(long.flatMap(rowsOf)),
    letters,
    windows: new Map(
      Array.from({ length: Math.max(0, letters.length - WINDOW + 1) }, (_, at) => [
        letters.slice(at, at + WINDOW),
        at,
      ]),
    ),
    toolNames: tools.length === 0 ? undefined : toolPattern(tools),
  }
}

function isToolName(text: string): boolean {
  return /^[\w.-]{1,64}$/.test(text) && /[^_.-]/.test(text)
}

/** A name with its underscores, spaced out or not and in both directions; one without is a word, unless it is called. */
function toolPattern(tools: readonly string[][]): RegExp {
  const names = tools.flatMap((words) => {
    if (words.length < 2) return words.map((it) => `${it}\\(`)
    const reversed = words.map((it) => it.split('').reverse().join('')).reverse()
    const spaced = [words, reversed].map((it) =>
      it.map((word) => word.split('').join('[ .*]?')).join('[ .*]?[_-][ .*]?'),
    )
    return [...spaced, words.join('')].map((it) => `${it}(?![\\p{L}\\d])`)
  })
  return new RegExp(`(?<![\\p{L}\\d_])(?:${names.join('|')})`, 'giu')
}

function seenIn(text: string, known: Prepared): Seen[] {
  const written = lettersOf(text)
  const { letters, at } = written
  const backwards = letters.split('').reverse().join('')
  const inLetters = [
    ...rowsSeen(written, known.rows),
    ...hidden(letters, known),
    ...hidden(backwards, known).map(({ kind, start, end }) => ({
      ...{ kind, start: letters.length - end, end: letters.length - start },
    })),
  ].map(({ kind, start, end }) => ({ kind, start: at[start] ?? 0, end: (at[end - 1] ?? 0) + 1 }))
  return merged([
    ...matches(text, INTERNALS, 'tool_call'),
    ...(known.toolNames === undefined ? [] : matches(text, known.toolNames, 'tool_name')),
    ...inLetters,
  ])
}

function matches(text: string, pattern: RegExp, kind: Kind): Seen[] {
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
    kind,
    start: index,
    end: index + found.length,
  }))
}

function rowsSeen({ letters, words }: Letters, rows: ReadonlySet<string>): Seen[] {
  return words.flatMap((start, index) => {
    const end = words[index + WORDS_IN_A_ROW]
    return end !== undefined && rows.has(letters.slice(start, end)) ? [{ kind: 'prompt', start, end }] : []
  })
}

/** What stands in the letters alone. */
function hidden(letters: string, known: Prepared): Seen[] {
  const seen: Seen[] = []
  for (const [kind, needles] of [
    ['canary', known.canaries],
    ['prompt', known.phrases],
  ] as const) {
    for (const needle of needles) {
      for (
        let start = letters.indexOf(needle);
        start >= 0;
        start = letters.indexOf(needle, start + needle.length)
      ) {
        seen.push({ kind, start, end: start + needle.length })
      }
    }
  }
  for (let start = 0; start + WINDOW <= letters.length; start += STRIDE) {
    const place = known.windows.get(letters.slice(start, start + WINDOW))
    if (place === undefined) continue
    const before = sameLetters((it) => letters[start - it] === known.letters[place - it])
    const after = sameLetters((it) => letters[start + it - 1] === known.letters[place + it - 1])
    if (before + after >= LETTERS_IN_A_ROW)
      seen.push({ kind: 'prompt', start: start - before, end: start + after })
  }
  return seen
}

/** How many are the same, one after the other, up to what counts. */
function sameLetters(isSame: (place: number) => boolean): number {
  let count = 0
  while (count < LETTERS_IN_A_ROW && isSame(count + 1)) count++
  return count
}

function encoded(text: string, known: Prepared): Seen[] {
  return [...text.matchAll(BASE64)].flatMap(({ 0: found, index }) => {
    const inside = Buffer.from(found, 'base64').toString('utf8')
    // A long word is hardly ever text in base64.
    const [first] = /^[\t\n\r -~]{6}/.test(inside) ? seenIn(toPlainText(inside).text, known) : []
    return first === undefined ? [] : [{ kind: first.kind, start: index, end: index + found.length }]
  })
}

/**
 * Letters and digits without case and accents, where each stood, and where each word begins among them; the last of
 * `words` is the end.
 */
type Letters = { letters: string; at: number[]; words: number[] }

function lettersOf(text: string): Letters {
  const at: number[] = []
  const words: number[] = []
  let letters = ''
  for (const { 0: word, index } of text.matchAll(WORD)) {
    words.push(letters.length)
    const folded = fold(word)
    letters += folded
    for (let place = 0; place < folded.length; place++) at.push(index + Math.min(place, word.length - 1))
  }
  return { letters, at, words: [...words, letters.length] }
}

function rowsOf(words: readonly string[]): string[] {
  return words.flatMap((_, index) => {
    const row = words.slice(index, index + WORDS_IN_A_ROW)
    return row.length === WORDS_IN_A_ROW ? [row.join('')] : []
  })
}

/** One sighting where rows overlap. */
function merged(seen: readonly Seen[]): Seen[] {
  const last = new Map<Kind, Seen>()
  return [...seen]
    .sort((a, b) => a.start - b.start)
    .flatMap((it) => {
      const before = last.get(it.kind)
      if (before !== undefined && it.start <= before.end) {
        before.end = Math.max(before.end, it.end)
        return []
      }
      const next = { ...it }
      last.set(it.kind, next)
      return [next]
    })
}
