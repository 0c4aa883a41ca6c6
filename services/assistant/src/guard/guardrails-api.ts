import { fetchAtMost } from '@waybill/resilience'
import { z } from 'zod'

/** Where a text comes from. Everything but `driver` is written by somebody, or something, that must not be obeyed. */
export type TextSource = 'driver' | 'order_note' | 'caption' | 'transcript' | 'tool_result'

const findingSchema = z.object({
  check: z.string(),
  kind: z.string().optional(),
  severity: z.enum(['log', 'warn', 'block', 'block_and_tell']),
  score: z.number(),
  span: z.object({ start: z.int().min(0), end: z.int().min(0) }),
})
const verdictSchema = z.object({
  action: z.enum(['allow', 'warn', 'block', 'replace']),
  text: z.string(),
  findings: z.array(findingSchema),
  tellDispatch: z.boolean(),
  store: z.enum(['nothing', 'text', 'hash']),
  message: z.string().optional(),
  suspend: z.object({ after: z.int(), withinMs: z.int(), message: z.string() }).optional(),
  policyVersion: z.string(),
})
export type Verdict = z.output<typeof verdictSchema>

const whenUnreachable = z.enum(['minimum', 'block', 'allow'])
const policySchema = z.object({
  policyVersion: z.string(),
  whenUnreachable: z.record(z.string(), whenUnreachable),
})
export type PolicyInForce = z.output<typeof policySchema>

export type AskedInput = { text: string; language: string; source: TextSource }
export type AskedOutput = {
  text: string
  /** Any data: what the text may state. */
  facts: unknown
  permissions: readonly string[]
  language: string
}

/** Speaks to the guardrails service. Each call throws when it does not answer, or answers something else. */
export type GuardrailsApi = {
  input(asked: AskedInput, signal: AbortSignal): Promise<Verdict>
  inputs(asked: readonly AskedInput[], signal: AbortSignal): Promise<Verdict[]>
  outputs(asked: readonly AskedOutput[], signal: AbortSignal): Promise<Verdict[]>
  policy(signal: AbortSignal): Promise<PolicyInForce>
}

const ANSWER_BYTES_MAX = 2 * 1024 * 1024
const fetchAnswer = fetchAtMost(ANSWER_BYTES_MAX, { name: 'guardrails', isOurs: true })

/** `urls`: instances that are all the same. They are asked in turn, and the next one when one does not answer at all. */
export function guardrailsApi({
  urls,
  token,
}: {
  urls: readonly string[]
  token: string | undefined
}): GuardrailsApi {
  let asked = 0

  async function ask<S extends z.ZodType>(
    { path, body, answer }: { path: string; body?: object; answer: S },
    signal: AbortSignal,
  ): Promise<z.output<S>> {
    const request = {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }
    asked += 1
    for (let tries = 1; ; tries += 1) {
      const base = urls[(asked + tries) % urls.length] ?? ''
      try {
        const response = await fetchAnswer(`${base.replace(/\/+$/, '')}${path}`, { ...request, signal })
        if (!response.ok) throw new Error(`the guardrails answered ${response.status}`)
        return answer.parse(await response.json())
      } catch (error) {
        // A check changes nothing: it can be asked for again.
        if (tries >= urls.length || signal.aborted) throw error
      }
    }
  }

  const batch = (count: number) => z.object({ verdicts: z.array(verdictSchema).length(count) })
  const several = async (path: string, checks: readonly object[], signal: AbortSignal) =>
    (await ask({ path, body: { checks }, answer: batch(checks.length) }, signal)).verdicts
  return {
    input: (it, signal) => ask({ path: '/v1/check/input', body: it, answer: verdictSchema }, signal),
    inputs: (checks, signal) => several('/v1/check/input/batch', checks, signal),
    outputs: (checks, signal) => several('/v1/check/output/batch', checks, signal),
    policy: (signal) => ask({ path: '/v1/policy', answer: policySchema }, signal),
  }
}
