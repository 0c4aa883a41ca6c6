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
  return [...value.matchAll(/[^,()\uE000]+/g)].flatMap(({ 0: piece, index }) => {
    const words = wordsOf(piece)
    return words.length === 0 || areTogether(words, ground)
      ? []
      : [{ start: index, end: index + piece.length }]
  })
}

function termsOf(rest: string): Term[] {
  return [...rest.matchAll(TERM)].map(({ 0: text, index }) => ({
    ...{ text, start: index, end: index + text.length, folded: fold(text) },
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
  const isStreet = PLACES.has(first.folded) && second !== undefined && startsName(second, terms[from + 2])
  const isHouse =
    /^\d{1,6}\p{L}?$/u.test(first.text) &&
    second?.isCapital === true &&
    gapOf(rest, first, second) === ' ' &&
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
    if (term.isCapital) return 1
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

function judged(run: Run, context: Context): Named[] {
  const { rest, ground, language } = context
  const start = run.terms[0]?.start ?? 0
  const stands = standsAt(rest, start)
  let terms = run.terms
  if (stands !== 'introduced') {
    const ordinary = terms.findIndex((it) => !ORDINARY.has(it.folded) && !CONNECTORS.has(it.folded))
    terms = ordinary < 0 ? [] : terms.slice(ordinary)
  }
  // "Sam's" is Sam.
  const words = terms.map((it) => wordsOf(it.folded.replace(/'s$/, '')))
  const [firstTerm, lastTerm] = [terms[0], terms.at(-1)]
  if (firstTerm === undefined || lastTerm === undefined || areTogether(words.flat(), ground)) return []
  const claim = (from: Term, score: number): Named => ({
    ...{
      start: from.start,
      end: lastTerm.end,
      score: language === undefined ? Math.min(score, SURE.otherLanguage) : score,
    },
    kind: run.isAddress ? 'address' : 'name',
  })
  const isFirst = terms.length === run.terms.length && stands === 'sentence'
  const isKnown = (of: readonly string[]) => of.every((word) => ground.places.has(word))
  if (words.every(isKnown)) return [claim(firstTerm, run.isAddress ? SURE.address : SURE.mixed)]
  if (terms.length === 1) {
    const isShouted = /^[\p{Lu}\d'-]{2,}$/u.test(firstTerm.text) && stands !== 'introduced'
    return isFirst || isShouted || (language === undefined && stands !== 'introduced')
      ? []
      : [claim(firstTerm, SURE.oneWord)]
  }
  const isOnlyFirst = isFirst && words.slice(1).every(isKnown)
  if (isOnlyFirst && !run.isAddress) return [claim(firstTerm, SURE.firstWord)]
  return [claim(firstTerm, run.isAddress ? SURE.address : SURE.name)]
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
