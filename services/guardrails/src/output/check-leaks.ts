import type { Sighting, Span } from '../finding.ts'
import { fold, type PlainText, sentSpan, toPlainText } from './plain-text.ts'

/** What must never leave: marks that stand only in the prompt, names of tools, and phrases of the prompt. */
export type Secrets = { canaries: readonly string[]; forbidden: readonly string[] }

const WORDS_IN_A_ROW = 8
/** As many letters as eight words have: where spaces say nothing, letters in a row are compared. */
const LETTERS_IN_A_ROW = 36
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
  rows: ReadonlySet<string>
  letters: ReadonlySet<string>
  phrases: readonly string[]
  tools: readonly RegExp[]
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
  return {
    canaries: canaries
      .map((it) => lettersOf(toPlainText(it).text).letters)
      .filter((it) => it.length >= SECRET_LETTERS_MIN),
    phrases: short.filter((it) => it.length >= 2 * SECRET_LETTERS_MIN),
    rows: new Set(long.flatMap((words) => rowsOf(words, WORDS_IN_A_ROW, ' '))),
    letters: new Set(long.flatMap((words) => rowsOf(words.join('').split(''), LETTERS_IN_A_ROW, ''))),
    tools: forbidden.filter(isToolName).map(toolPattern),
  }
}

function isToolName(text: string): boolean {
  return /^[\w.-]{1,64}$/.test(text)
}

/** A name with its underscores however it is spaced out; one without is a word, unless it is called. */
function toolPattern(name: string): RegExp {
  const spaced = name.split(/[_.-]/).map((word) => word.split('').join('[ .*]?'))
  const [only] = spaced
  if (spaced.length === 1)
    return new RegExp(`(?<![\\p{L}\\d_])${only}\\s?\\((?!s\\))|"name"\\s{0,4}:\\s{0,4}"${only}"`, 'giu')
  const closed = name.replaceAll(/[_.-]/g, '')
  return new RegExp(`(?<![\\p{L}\\d])(?:${spaced.join('[ .*]?[_-][ .*]?')}|${closed})(?![\\p{L}\\d])`, 'giu')
}

function seenIn(text: string, known: Prepared): Seen[] {
  const { letters, at } = lettersOf(text)
  const open: Seen[] = [
    ...matches(text, INTERNALS, 'tool_call'),
    ...known.tools.flatMap((it) => matches(text, it, 'tool_name')),
    ...rowsSeen(text, known.rows),
  ]
  const backwards = letters.split('').reverse().join('')
  const turned = text.split('').reverse().join('')
  const inLetters = [
    ...hidden(letters, known),
    ...hidden(backwards, known).map(({ kind, start, end }) => ({
      ...{ kind, start: letters.length - end, end: letters.length - start },
    })),
  ].map(({ kind, start, end }) => ({ kind, start: at[start] ?? 0, end: (at[end - 1] ?? 0) + 1 }))
  const turnedTools = known.tools
    .flatMap((it) => matches(turned, it, 'tool_name'))
    .map(({ kind, start, end }) => ({ kind, start: text.length - end, end: text.length - start }))
  return merged([...open, ...inLetters, ...turnedTools])
}

function matches(text: string, pattern: RegExp, kind: Kind): Seen[] {
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
    kind,
    start: index,
    end: index + found.length,
  }))
}

function rowsSeen(text: string, rows: ReadonlySet<string>): Seen[] {
  if (rows.size === 0) return []
  const words = [...text.matchAll(WORD)].map(({ 0: word, index }) => ({
    word: fold(word),
    start: index,
    end: index + word.length,
  }))
  return words.flatMap(({ start }, index) => {
    const row = words.slice(index, index + WORDS_IN_A_ROW)
    const isKnown = rows.has(row.map(({ word }) => word).join(' '))
    return isKnown ? [{ kind: 'prompt' as const, start, end: row.at(-1)?.end ?? start }] : []
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
  for (let start = 0; known.letters.size > 0 && start + LETTERS_IN_A_ROW <= letters.length; start++) {
    const end = start + LETTERS_IN_A_ROW
    if (known.letters.has(letters.slice(start, end))) seen.push({ kind: 'prompt', start, end })
  }
  return seen
}

function encoded(text: string, known: Prepared): Seen[] {
  return [...text.matchAll(BASE64)].flatMap(({ 0: found, index }) => {
    const [inside] = seenIn(toPlainText(Buffer.from(found, 'base64').toString('utf8')).text, known)
    return inside === undefined ? [] : [{ kind: inside.kind, start: index, end: index + found.length }]
  })
}

/** Letters and digits without case and accents, and where each stood. */
function lettersOf(text: string): { letters: string; at: number[] } {
  const at: number[] = []
  let letters = ''
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const folded = fold(word)
    letters += folded
    for (let place = 0; place < folded.length; place++) at.push(index + Math.min(place, word.length - 1))
  }
  return { letters, at }
}

function rowsOf(items: readonly string[], length: number, separator: string): string[] {
  return items
    .slice(0, Math.max(0, items.length - length + 1))
    .map((_, index) => items.slice(index, index + length).join(separator))
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
