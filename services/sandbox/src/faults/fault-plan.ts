import { z } from 'zod'

export const UPSTREAMS = ['whatsapp', 'openrouter', 'orders', 'dispatch'] as const
export type Upstream = (typeof UPSTREAMS)[number]

const rate = z.number().min(0).max(1)
const rateOrAlways = z.union([z.boolean().transform(Number), rate])

/** What is wrong with an upstream. Everything left out is fine. Rates are shares of calls, 0 to 1. */
export const faultPlanSchema = z.strictObject({
  latencyMs: z.number().int().min(0).max(600_000).optional(),
  jitterMs: z.number().int().min(0).max(600_000).optional(),
  errorRate: rate.default(0),
  /** One of these, in turn, is the answer to a call that fails. */
  errors: z
    .array(
      z.strictObject({
        status: z.number().int().min(200).max(599),
        code: z.union([z.number(), z.string()]).optional(),
        message: z.string().optional(),
        headers: z.record(z.string(), z.string()).optional(),
        body: z.unknown().optional(),
      }),
    )
    .default([]),
  hangRate: rate.default(0),
  down: z.boolean().default(false),
  acceptThenFail: rateOrAlways.default(0),
  acceptThenReset: rateOrAlways.default(0),
  acceptThenHang: rateOrAlways.default(0),
  malformed: rateOrAlways.default(0),
  /** OpenRouter: what the model says has wrong numbers in it. */
  miscounts: rateOrAlways.default(0),
  /** Only these operations, by the names that stats shows. */
  only: z.array(z.string()).optional(),
  /** Only so many calls fail; then the upstream is well again. Latency stays. */
  times: z.number().int().min(1).optional(),
})

export type FaultPlan = z.output<typeof faultPlanSchema>
export type PlannedError = FaultPlan['errors'][number]
export type Fault =
  | {
      kind:
        | 'none'
        | 'down'
        | 'hang'
        | 'accept-then-fail'
        | 'accept-then-reset'
        | 'accept-then-hang'
        | 'malformed'
        | 'miscounts'
    }
  | { kind: 'error'; error: PlannedError | undefined }

export const NO_FAULTS: FaultPlan = faultPlanSchema.parse({})

/** Decides what happens to one call. `errorsShown` is how many planned errors were shown before it. */
export function faultFor(plan: FaultPlan, errorsShown: number, random: () => number): Fault {
  if (plan.down) return { kind: 'down' }
  if (random() < plan.hangRate) return { kind: 'hang' }
  // Errors without a rate mean every call.
  const errorRate = plan.errorRate === 0 && plan.errors.length > 0 ? 1 : plan.errorRate
  if (random() < errorRate) return { kind: 'error', error: plan.errors[errorsShown % plan.errors.length] }
  if (random() < plan.acceptThenFail) return { kind: 'accept-then-fail' }
  if (random() < plan.acceptThenReset) return { kind: 'accept-then-reset' }
  if (random() < plan.acceptThenHang) return { kind: 'accept-then-hang' }
  if (random() < plan.malformed) return { kind: 'malformed' }
  if (random() < plan.miscounts) return { kind: 'miscounts' }
  return { kind: 'none' }
}
