import type { Sighting } from '../finding.ts'
import { type Claim, claimsIn, type Fact, type Read, TAKEN } from './claims.ts'
import { type Ground, groundOf } from './ground.ts'
import { decoded, type Link, linksIn } from './links.ts'
import { unknownNames } from './names.ts'
import { type PlainText, sentSpan, toPlainText } from './plain-text.ts'
import { standsIn } from './stands-in.ts'
import { knownLanguage } from './words.ts'

export type Grounding = { language?: string | undefined; timeZone?: string | undefined }
/** What a text states, and what it may state. */
export type Stated = {
  sightings: Sighting[]
  plain: PlainText
  links: readonly Link[]
  claims: readonly Claim[]
  ground: Ground
}

const KINDS = {
  ...{ time: 'time', date: 'date', weekday: 'date', day: 'date', phone: 'phone', email: 'email' },
  ...{ amount: 'amount', code: 'code', number: 'number' },
} as const satisfies Record<Fact['kind'], string>
// Words are read wrong more easily than digits.
const SCORES: Partial<Record<Fact['kind'], number>> & { number: number; numberWord: number } = {
  ...{ number: 0.95, numberWord: 0.6, weekday: 0.6, day: 0.6 },
}

/** Whether every number, time, date, amount, address and name of a text stands in the facts. */
export function groundedIn(text: string, facts: unknown, grounding: Grounding = {}): boolean {
  return ungroundedIn(text, facts, grounding).sightings.length === 0
}

/** What of a text does not stand in the facts, of which `today` and `now` date the rest where they are there. */
export function ungroundedIn(text: string, facts: unknown, grounding: Grounding): Stated {
  const read = { language: knownLanguage(grounding.language), timeZone: grounding.timeZone }
  const plain = toPlainText(text)
  const links = linksIn(plain)
  const ground = groundOf(facts, read.timeZone)
  const written = claimsIn(withoutLinks(plain.text, links), read)
  const claims = [...written.claims, ...links.flatMap((link) => claimsOfLink(link, read))]
  const sightings = [
    ...claims
      .filter(({ fact }) => !standsIn(ground, fact))
      .map(({ fact, start, end }) => ({ kind: KINDS[fact.kind], score: scoreOf(fact), start, end })),
    ...unknownNames(written.rest, ground, read.language),
  ].map(({ kind, score, start, end }): Sighting => {
    return { check: 'grounding', kind, score, span: sentSpan(plain, start, end) }
  })
  return { sightings, plain, links, claims, ground }
}

function scoreOf(fact: Fact): number {
  return fact.kind === 'number' && fact.isWord === true
    ? SCORES.numberWord
    : (SCORES[fact.kind] ?? SCORES.number)
}

function withoutLinks(text: string, links: readonly Link[]): string {
  let from = 0
  const pieces = links.flatMap(({ start, end }) => {
    const before = text.slice(from, start)
    from = end
    return [before, TAKEN.repeat(end - start)]
  })
  return pieces.join('') + text.slice(from)
}

/** Behind its host a link states numbers: places on a map, orders, phones. */
function claimsOfLink({ written, start, end }: Link, read: Read): Claim[] {
  const path = /[/?#](?!\/)[\s\S]*$/.exec(written.replace(/^[^:/?#]+:[/\\]*/, ''))?.[0] ?? ''
  return claimsIn(decoded(path), read)
    .claims.filter(({ fact }) => fact.kind !== 'number' || /\d{2}/.test(fact.values[0] ?? ''))
    .map(({ fact }) => ({ fact, start, end }))
}
