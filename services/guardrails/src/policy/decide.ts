import type { Check, Sighting } from '../finding.ts'
import type { Level, Messages, Place, Policy, Severity, Source } from './policy.ts'
import { SEVERITIES } from './policy-schema.ts'
import { primaryLanguage } from './primary-language.ts'

/** A sighting that the policy makes something of. */
export type Finding = Sighting & { severity: Severity }

export type Asked = {
  direction: 'input' | 'output'
  /** Of what comes in; a driver's own words without. */
  source?: Source | undefined
  /** BCP 47, as the driver's messages are written in: `pt-BR`. */
  language?: string | undefined
  /** There is something to say in place of what goes out. */
  hasFallback?: boolean
}

export type Decision = {
  /** By the worst finding. `replace`: the fallback goes out, and nothing of the text. */
  action: 'allow' | 'warn' | 'block' | 'replace'
  findings: Finding[]
  tellDispatch: boolean
  /** Which form of the text may be kept with the record of this check. */
  store: 'nothing' | 'text' | 'hash'
  /** For the driver, when what he has sent is warned of or blocked. */
  message?: string
  /** It counts: who is blocked `after` times within `withinMs` is suspended, and told `message`. */
  suspend?: { after: number; withinMs: number; message: string }
  policyVersion: string
}

// What others have written into an order must not cost a driver his access.
const BY_DRIVER: ReadonlySet<Place> = new Set(['driver', 'caption', 'transcript', 'file_name'])

/** What a policy makes of what was seen. */
export function decide(sightings: readonly Sighting[], policy: Policy, asked: Asked): Decision {
  const { direction, source = 'driver', language, hasFallback = false } = asked
  const place = direction === 'output' ? 'model' : source
  const findings = sightings.flatMap((sighting): Finding[] => {
    const severity = severityOf(sighting, policy, place)
    return severity === undefined ? [] : [{ ...sighting, severity }]
  })
  const worst = Math.max(0, ...findings.map(({ severity }) => SEVERITIES.indexOf(severity)))
  const isBlocked = worst >= SEVERITIES.indexOf('block')
  const isWarned = worst === SEVERITIES.indexOf('warn')
  const action = isBlocked ? (hasFallback ? 'replace' : 'block') : isWarned ? 'warn' : 'allow'
  const decision: Decision = {
    ...{ action, findings, store: storeOf(policy, findings), policyVersion: policy.version },
    tellDispatch: findings.some(({ severity }) => severity === 'block_and_tell'),
  }
  if (!BY_DRIVER.has(place) || !(isBlocked || isWarned)) return decision
  const { warn, block, suspended } = messagesIn(language, policy)
  return {
    ...decision,
    message: isBlocked ? block : warn,
    ...(isBlocked && policy.suspend && { suspend: { ...policy.suspend, message: suspended } }),
  }
}

function severityOf({ check, kind, score }: Sighting, policy: Policy, place: Place): Severity | undefined {
  const { enabled, threshold, severity } = levelAt(policy, check, place)
  if (!enabled || score < threshold) return undefined
  const own = check === 'pattern' ? policy.ruleSeverities.get(kind ?? '') : undefined
  return own ?? severity.findLast(({ from }) => score >= from)?.severity ?? 'log'
}

function levelAt(policy: Policy, check: Check, place: Place): Level {
  return policy.checks[check].sources[place] ?? policy.checks[check]
}

function storeOf({ storeTexts, storeHashed }: Policy, findings: readonly Finding[]): Decision['store'] {
  if (storeTexts === 'never' || (storeTexts === 'findings' && findings.length === 0)) return 'nothing'
  return storeHashed ? 'hash' : 'text'
}

function messagesIn(language: string | undefined, { messages }: Policy): Messages {
  const primary = primaryLanguage(language ?? 'en')
  return (Object.hasOwn(messages, primary) ? messages[primary] : undefined) ?? messages.en
}
