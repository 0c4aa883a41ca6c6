import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Sighting } from '../finding.ts'
import type { Judge } from '../judge/judge.ts'
import type { Look } from '../look.ts'
import type { Metrics } from '../metrics.ts'
import { mask } from '../personal-data/mask.ts'
import { type Asked, type Decision, decide } from '../policy/decide.ts'
import type { Policy } from '../policy/policy.ts'
import type { AskedInput, AskedOutput, Verdict } from './contract.ts'

/** What is never handed on as it is. */
const MASKED: readonly string[] = ['pii', 'secret']

export type CheckDeps = {
  look: Look
  judge?: Judge | undefined
  policyOf: (tenant?: string) => Policy
  metrics: Pick<Metrics, 'checks' | 'findings' | 'checkSeconds'>
}

/** Looks at a text, and says what its policy makes of what was seen. */
export function checkText({ look, judge, policyOf, metrics }: CheckDeps) {
  return { checkInput, checkOutput }

  async function checkInput(asked: AskedInput): Promise<Verdict> {
    const policy = policyOf(asked.tenant)
    const { text, source, language } = asked
    const stop = metrics.checkSeconds.startTimer({ direction: 'input' })
    const seen = look.input(asked, policy)
    const sightings = judge ? await judge.review(seen, () => masked(text, seen), policy) : seen
    const decision = decided(sightings, policy, { direction: 'input', source, language })
    stop()
    return { ...decision, text: masked(text, decision.findings) }
  }

  async function checkOutput(asked: AskedOutput): Promise<Verdict> {
    const policy = policyOf(asked.tenant)
    const { language, fallback } = asked
    const stop = metrics.checkSeconds.startTimer({ direction: 'output' })
    const { sightings, text } = look.output(asked, policy)
    const hasFallback = fallback !== undefined
    const decision = decided(sightings, policy, { direction: 'output', language, hasFallback })
    stop()
    const isBlocked = decision.action === 'block' || decision.action === 'replace'
    return { ...decision, text: isBlocked ? (fallback ?? '') : text }
  }

  function decided(sightings: readonly Sighting[], policy: Policy, asked: Asked): Decision {
    const { direction, source = 'driver' } = asked
    const decision = decide(sightings, policy, asked)
    metrics.checks.inc({ direction, action: decision.action })
    for (const { check, severity } of decision.findings)
      metrics.findings.inc({ check, severity, source: direction === 'output' ? 'model' : source })
    return decision
  }
}

const masked = (text: string, seen: readonly Sighting[]) =>
  mask(
    text,
    seen.filter(({ check }) => MASKED.includes(check)),
  )

/** One after the other, in this order; whoever else asks comes in between. */
export async function checkInTurn<Asked>(
  checks: readonly Asked[],
  check: (asked: Asked) => Promise<Verdict>,
): Promise<{ verdicts: Verdict[] }> {
  const verdicts: Verdict[] = []
  for (const asked of checks) {
    verdicts.push(await check(asked))
    await othersTurn()
  }
  return { verdicts }
}
