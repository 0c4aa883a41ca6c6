import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Sighting } from '../finding.ts'
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
  policyOf: (tenant?: string) => Policy
  metrics: Pick<Metrics, 'checks' | 'findings' | 'checkSeconds'>
}

/** Looks at a text, and says what its policy makes of what was seen. */
export function checkText({ look, policyOf, metrics }: CheckDeps) {
  return { checkInput, checkOutput }

  async function checkInput(asked: AskedInput): Promise<Verdict> {
    const policy = policyOf(asked.tenant)
    const { source, language } = asked
    const decision = decided(policy, { direction: 'input', source, language }, () =>
      look.input(asked, policy),
    )
    const masked = decision.findings.filter(({ check }) => MASKED.includes(check))
    return { ...decision, text: mask(asked.text, masked) }
  }

  async function checkOutput(asked: AskedOutput): Promise<Verdict> {
    const policy = policyOf(asked.tenant)
    const { language, fallback } = asked
    let text = ''
    const decision = decided(
      policy,
      { direction: 'output', language, hasFallback: fallback !== undefined },
      () => {
        const looked = look.output(asked, policy)
        text = looked.text
        return looked.sightings
      },
    )
    const isBlocked = decision.action === 'block' || decision.action === 'replace'
    return { ...decision, text: isBlocked ? (fallback ?? '') : text }
  }

  function decided(policy: Policy, asked: Asked, lookAt: () => Sighting[]): Decision {
    const { direction, source = 'driver' } = asked
    const stop = metrics.checkSeconds.startTimer({ direction })
    const decision = decide(lookAt(), policy, asked)
    stop()
    metrics.checks.inc({ direction, action: decision.action })
    for (const { check, severity } of decision.findings)
      metrics.findings.inc({ check, severity, source: direction === 'output' ? 'model' : source })
    return decision
  }
}

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
