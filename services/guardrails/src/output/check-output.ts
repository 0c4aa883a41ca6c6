import type { Sighting } from '../finding.ts'
import { checkLeaks } from './check-leaks.ts'
import { checkLimits } from './check-limits.ts'
import { checkLinks, type Edit } from './check-links.ts'
import type { Claim, Fact } from './claims.ts'
import type { Ground } from './ground.ts'
import { ungroundedIn } from './grounding.ts'
import { type PlainText, sentSpan } from './plain-text.ts'
import { isPhoneOf, standsIn } from './stands-in.ts'

export type OutputSettings = {
  /** Where links may lead: a host, or `.example.com` for every host below it. */
  allowedHosts: string[]
  /** Marks that stand only in the prompt of the model. */
  canaries: string[]
  /** Names of tools, and phrases of the prompt. */
  forbidden: string[]
  /** The driver's. Without one, times are told as the facts write them. */
  timeZone?: string | undefined
}
export type Output = {
  text: string
  /** The data of the turn, any JSON: all that the text may state. `today` (`yyyy-mm-dd`) and `now` date it. */
  facts: unknown
  /** What the driver may see: `customer-phone`, `customer-email`. */
  permissions: readonly string[]
  /** BCP 47 */
  language?: string | undefined
  settings: OutputSettings
  findPersonalData?: (text: string) => Sighting[]
}

const MASK = '•••'
const CONTACT_SCORE = 0.95

/**
 * Everything that speaks against a text, in the order of the text, and the text without what tracks and what may not be
 * seen. What is known of the settings is kept with the object: pass the same one while they last.
 */
export function checkOutput(output: Output): { sightings: Sighting[]; text: string } {
  const { text, facts, language, settings } = output
  const { sightings, plain, links, claims, ground } = ungroundedIn(text, facts, {
    language,
    timeZone: settings.timeZone,
  })
  const linked = checkLinks(plain, links, settings.allowedHosts)
  const personal = personalData(output, { plain, claims, ground })
  const masks = personal.map(({ span }) => ({ ...span, text: MASK }))
  return {
    sightings: [
      ...sightings,
      ...linked.sightings,
      ...checkLeaks(plain, settings),
      ...checkLimits(text),
      ...personal,
    ].sort((a, b) => a.span.start - b.span.start),
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
