import type { Sighting } from '../finding.ts'
import { checkLeaks, type Secrets } from './check-leaks.ts'
import { checkLimits } from './check-limits.ts'
import { checkLinks, type Edit } from './check-links.ts'
import type { Claim, Fact } from './claims.ts'
import type { Ground } from './ground.ts'
import { ungroundedIn } from './grounding.ts'
import { type PlainText, sentSpan } from './plain-text.ts'
import { isPhoneOf, standsIn } from './stands-in.ts'

export type OutputSettings = {
  /** Where links may lead: a host, or `.example.com` for every host below it. */
  allowedHosts: readonly string[]
  /** The same object for the same policy: it is prepared once. */
  leaks: Secrets
}
export type Output = {
  text: string
  /** The data of the turn, any JSON: all that the text may state. `today` (`yyyy-mm-dd`) and `now` date it. */
  facts: unknown
  /** What the driver may see: `customer-phone`, `customer-email`. */
  permissions: readonly string[]
  /** BCP 47 */
  language?: string | undefined
  /** The driver's. Without one, times are told as the facts write them. */
  timeZone?: string | undefined
  settings: OutputSettings
  findPersonalData?: (text: string) => readonly Sighting[]
}

const MASK = '•••'
const CONTACT_SCORE = 0.95

/** Everything that speaks against a text, and the text without what tracks and what may not be seen. */
export function checkOutput(output: Output): { sightings: Sighting[]; text: string } {
  const { text, facts, language, timeZone, settings } = output
  const { sightings, plain, links, claims, ground } = ungroundedIn(text, facts, {
    language,
    timeZone,
  })
  const linked = checkLinks(plain, links, settings.allowedHosts)
  const personal = personalData(output, { plain, claims, ground })
  const masks = personal.map(({ span }) => ({ ...span, text: MASK }))
  return {
    sightings: [
      ...sightings,
      ...linked.sightings,
      ...checkLeaks(plain, settings.leaks),
      ...checkLimits(text),
      ...personal,
    ],
    text: edited(text, [...masks, ...linked.edits]),
  }
}

type Stated = { plain: PlainText; claims: readonly Claim[]; ground: Ground }

/** Phones and addresses of e-mail that the driver may not see, and whatever else is found. */
function personalData({ text, permissions, findPersonalData }: Output, stated: Stated): Sighting[] {
  const { plain, claims, ground } = stated
  const isCovered = new Uint8Array(text.length)
  const own = claims.flatMap(({ fact, start, end }): Sighting[] => {
    const kind = contactKind(fact, ground)
    if (kind === undefined) return []
    const span = sentSpan(plain, start, end)
    isCovered.fill(1, span.start, span.end)
    const isAllowed = permissions.includes(`customer-${kind}`) && standsIn(ground, fact)
    return isAllowed ? [] : [{ check: 'pii', kind, score: CONTACT_SCORE, span }]
  })
  const others = findPersonalData?.(text) ?? []
  return [...own, ...others.filter(({ span }) => !isCovered.subarray(span.start, span.end).includes(1))]
}

function contactKind(fact: Fact, ground: Ground): 'phone' | 'email' | undefined {
  switch (fact.kind) {
    case 'phone':
    case 'email':
      return fact.kind
    case 'code':
      return isPhoneOf(ground, fact.code) && !ground.codes.has(fact.code) ? 'phone' : undefined
    case 'number':
      return isPhoneOf(ground, fact.values[0] ?? '') ? 'phone' : undefined
    default:
      return undefined
  }
}

/** Where two edits meet, the first one counts. */
function edited(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = []
  let from = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    if (edit.start < from) continue
    pieces.push(text.slice(from, edit.start), edit.text)
    from = edit.end
  }
  return pieces.join('') + text.slice(from)
}
