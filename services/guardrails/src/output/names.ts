import type { Span } from '../finding.ts'
import { TAKEN } from './claims.ts'
import type { Ground } from './ground.ts'
import { fold } from './plain-text.ts'
import { CONNECTORS, INTRODUCTIONS, type Known, ORDINARY, PLACES } from './words.ts'

export type Named = Span & { kind: 'name' | 'address'; score: number }
type Term = Span & { text: string; folded: string; isCapital: boolean; hasDigit: boolean }
type Run = { terms: Term[]; isAddress: boolean }

const TERM = /[\p{L}\d][\p{L}\p{M}\d]*(?:['-][\p{L}\p{M}\d]+)*/gu
const WORDS = /[\p{L}\d]+/gu
const TERMS_MAX = 12
/** Lines of orders: what stands behind the mark is copied from data. */
const COPIED = [
  ['address', /^[ \t*]{0,8}📍 ?(?:[\p{L} ]{1,24}: ?)?([^\n]{1,300})$/gmu],
  ['name', /^[ \t]{0,8}• \d{1,4} × ([^\n]{1,200})$/gmu],
] as const
const SURE = { address: 0.9, name: 0.85, oneWord: 0.6, mixed: 0.5, firstWord: 0.4, otherLanguage: 0.3 }

/** Names and addresses that stand nowhere in the facts. Without capital letters there are no names to see. */
export function unknownNames(rest: string, ground: Ground, language: Known | undefined): Named[] {
  const found: Named[] = []
  const copied: Span[] = []
  for (const [kind, pattern] of COPIED) {
    for (const { 0: line, 1: value = '', index } of rest.matchAll(pattern)) {
      // A sentence with a mark before it is a sentence.
      if (/[.!?:]\s*$|[.!?]\s+\p{Lu}/u.test(value)) continue
      const start = index + line.lastIndexOf(value)
      copied.push({ start, end: start + value.length })
      found.push(
        ...unknownPieces(value, ground).map((it) => ({
          start: start + it.start,
          end: start + it.end,
          kind,
          score: SURE[kind],
        })),
      )
    }
  }
  copied.sort((a, b) => a.start - b.start)
  let next = 0
  for (const run of runsOf(termsOf(rest), rest)) {
    const [first] = run.terms
    if (first === undefined) continue
    while ((copied[next]?.end ?? Infinity) <= first.start) next++
    const line = copied[next]
    if (line !== undefined && line.start <= first.start) continue
    found.push(...judged(run, { rest, ground, language }))
  }
  return found
}

/** What of a copied line, between its commas, is not together in one place of the facts. */
function unknownPieces(value: string, ground: Ground): Span[] {
  return [...value.matchAll(/[^,()\uFFFC]+/g)].flatMap(({ 0: piece, index }) => {
    const words = wordsOf(piece)
    return words.length === 0 || areTogether(words, ground)
      ? []
      : [{ start: index, end: index + piece.length }]
  })
}

function termsOf(rest: string): Term[] {
  return [...rest.matchAll(TERM)].map(({ 0: text, index }) => ({
    ...{ text, start: index, end: index + text.length },
    // "Sam's" is Sam.
    folded: fold(text).replace(/'s$/, ''),
    ...{ isCapital: /^\p{Lu}/u.test(text), hasDigit: /\d/.test(text) },
  }))
}

/** Words in a row that begin with capitals, with what belongs to a street on either side of them. */
function runsOf(terms: readonly Term[], rest: string): Run[] {
  const runs: Run[] = []
  for (let index = 0; index < terms.length; ) {
    const run = runAt(terms, index, rest)
    if (run !== undefined) runs.push(run)
    index += run?.terms.length ?? 1
  }
  return runs
}

function runAt(terms: readonly Term[], from: number, rest: string): Run | undefined {
  const [first, second] = [terms[from], terms[from + 1]]
  if (first === undefined) return undefined
  const gap = second === undefined ? '' : gapOf(rest, first, second)
  const isStreet =
    PLACES.has(first.folded) &&
    /^\.? $/.test(gap) &&
    second !== undefined &&
    startsName(second, terms[from + 2])
  const isHouse =
    /^\d{1,6}\p{L}?$/u.test(first.text) &&
    rest[first.start - 1] !== '#' &&
    gap === ' ' &&
    second?.isCapital === true &&
    // "10 MB"
    !/^\p{Lu}{1,2}$/u.test(second.text) &&
    !ORDINARY.has(second.folded)
  if (!first.isCapital && !isStreet && !isHouse) return undefined
  const run: Run = {
    terms: [first],
    isAddress: isStreet || isHouse || (PLACES.has(first.folded) && first.text.length > 2),
  }
  for (let index = from + 1; index < terms.length && run.terms.length < TERMS_MAX; ) {
    const added = continues(run, terms, { index, rest })
    if (added === 0) break
    run.terms.push(...terms.slice(index, index + added))
    run.isAddress ||= terms
      .slice(index, index + added)
      .some((it) => PLACES.has(it.folded) && it.text.length > 1)
    index += added
  }
  return run
}

/** How many of the next terms belong to a run. */
function continues(
  run: Run,
  terms: readonly Term[],
  { index, rest }: { index: number; rest: string },
): number {
  const [last, term, after] = [run.terms.at(-1), terms[index], terms[index + 1]]
  if (last === undefined || term === undefined) return 0
  const gap = gapOf(rest, last, term)
  if (gap === ' ' || gap === ' & ' || (gap === '. ' && run.isAddress && PLACES.has(last.folded))) {
    if (term.isCapital) return gap === '. ' && ORDINARY.has(term.folded) ? 0 : 1
    if (term.hasDigit) return run.isAddress ? 1 : 0
    const isConnector = CONNECTORS.has(term.folded) && after !== undefined && gapOf(rest, term, after) === ' '
    return isConnector && after.isCapital && !ORDINARY.has(after.folded) ? 2 : 0
  }
  if (!run.isAddress || !/^(?:, ?| - |,? #| n[o.]{1,2} ?)$/i.test(gap)) return 0
  return (term.hasDigit && term.text.length <= 6) || (term.isCapital && PLACES.has(term.folded)) ? 1 : 0
}

function startsName(term: Term, after: Term | undefined): boolean {
  return term.isCapital
    ? !ORDINARY.has(term.folded)
    : CONNECTORS.has(term.folded) && after?.isCapital === true
}

type Context = { rest: string; ground: Ground; language: Known | undefined }

function judged(run: Run, { rest, ground, language }: Context): Named[] {
  const stands = standsAt(rest, run.terms[0]?.start ?? 0)
  const terms = withoutOrdinary(run.terms, rest, ground)
  const [first, last] = [terms[0], terms.at(-1)]
  if (first === undefined || last === undefined) return []
  const isKnown = (term: Term) => areIn(ground, wordsIn(term))
  if (run.isAddress ? areTogether(terms.flatMap(wordsIn), ground) : areNames(terms, ground)) return []
  const isFirst = stands === 'sentence' && first === run.terms[0]
  const words = terms.filter((it) => !it.hasDigit)
  const sure = (score: number): Named[] => {
    const kind = run.isAddress ? 'address' : 'name'
    const known = language === undefined ? Math.min(score, SURE.otherLanguage) : score
    return [{ start: first.start, end: last.end, kind, score: known }]
  }
  if (words.length === 1 && stands !== 'introduced') {
    // Other languages write all kinds of words with capitals, and whoever shouts does so too.
    const isShouted = terms.length === 1 && /^[\p{Lu}'-]{2,}$/u.test(first.text)
    if (language === undefined || isShouted || (isFirst && !run.isAddress)) return []
  }
  if (run.isAddress) return sure(SURE.address)
  if (terms.every(isKnown)) return sure(SURE.mixed)
  if (terms.length === 1) return sure(SURE.oneWord)
  return sure(isFirst && terms.slice(1).every(isKnown) ? SURE.firstWord : SURE.name)
}

/** Without the words at its beginning that are no name, and without a last one that was cut off. */
function withoutOrdinary(terms: readonly Term[], rest: string, { places }: Ground): Term[] {
  const from = terms.findIndex(({ folded }) => !ORDINARY.has(folded) && !CONNECTORS.has(folded))
  const last = terms.at(-1)
  if (from < 0 || last === undefined) return []
  const isCut =
    rest.startsWith('...', last.end) && [...places.keys()].some((it) => it.startsWith(last.folded))
  return terms.slice(from, isCut ? -1 : undefined)
}

/** Whether each name of a row ("Maria da Tech Corp") is one of the facts. */
function areNames(terms: readonly Term[], ground: Ground): boolean {
  if (areTogether(terms.flatMap(wordsIn), ground)) return true
  let from = 0
  for (const [index, { folded }] of terms.entries()) {
    if (!CONNECTORS.has(folded)) continue
    if (!areTogether(terms.slice(from, index).flatMap(wordsIn), ground)) return false
    from = index + 1
  }
  return from > 0 && areTogether(terms.slice(from).flatMap(wordsIn), ground)
}

/** What is before a word says whether its capital letter means something. */
function standsAt(rest: string, start: number): 'sentence' | 'introduced' | 'within' {
  const before = rest.slice(Math.max(0, start - 24), start)
  const introduction = /(\p{L}+)[.:]? ?$/u.exec(before)?.[1]
  if (before.endsWith('👤 ') || (introduction !== undefined && INTRODUCTIONS.has(fold(introduction))))
    return 'introduced'
  const bare = before.replace(/[\s*_~`'"([]+$/, (spaces) =>
    spaces.includes('\n') ? '\n' : spaces.includes('"') ? '"' : '',
  )
  if (bare === '') return start > 24 ? 'within' : 'sentence'
  if (/(?:^|\n)\s*-$/.test(bare)) return 'sentence'
  return /[\p{L}\p{N},;:)\-|/·#'`]$/u.test(bare) || bare.endsWith(TAKEN) ? 'within' : 'sentence'
}

function wordsIn({ folded }: Term): string[] {
  return wordsOf(folded)
}

function areIn({ places }: Ground, words: readonly string[]): boolean {
  return words.every((it) => places.has(it))
}

function wordsOf(text: string): string[] {
  return fold(text).match(WORDS) ?? []
}

function gapOf(rest: string, one: Span, other: Span): string {
  return rest.slice(one.end, other.start)
}

/** Whether words stand in one object of the facts or in one string. */
export function areTogether(words: readonly string[], { places }: Ground): boolean {
  const [first, ...others] = words.map((it) => places.get(it))
  if (first === undefined) return words.length === 0
  for (const place of first) if (others.every((it) => it?.has(place))) return true
  return false
}
