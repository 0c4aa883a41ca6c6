import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Look, Looked } from '../look.ts'
import type { Metrics } from '../metrics.ts'
import { type Asked, type Decision, decide } from '../policy/decide.ts'
import type { Policy } from '../policy/policy.ts'
import type { AskedInput, AskedOutput, Verdict } from './contract.ts'

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
    const [decision, text] = await judge(policy, { direction: 'input', source, language }, () =>
      look.input(asked, policy),
    )
    return { ...decision, text }
  }

  async function checkOutput(asked: AskedOutput): Promise<Verdict> {
    const policy = policyOf(asked.tenant)
    const { language, fallback } = asked
    const [decision, text] = await judge(
      policy,
      { direction: 'output', language, hasFallback: fallback !== undefined },
      () => look.output(asked, policy),
    )
    const isBlocked = decision.action === 'block' || decision.action === 'replace'
    return { ...decision, text: isBlocked ? (fallback ?? '') : text }
  }

  async function judge(
    policy: Policy,
    asked: Asked,
    lookAt: () => Looked | Promise<Looked>,
  ): Promise<[Decision, string]> {
    const { direction, source = 'driver' } = asked
    const stop = metrics.checkSeconds.startTimer({ direction })
    const { sightings, text } = await lookAt()
    const decision = decide(sightings, policy, asked)
    stop()
    metrics.checks.inc({ direction, action: decision.action })
    for (const { check, severity } of decision.findings)
      metrics.findings.inc({ check, severity, source: direction === 'output' ? 'model' : source })
    return [decision, text]
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
