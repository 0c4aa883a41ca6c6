import { UPSTREAMS, type Upstream } from './faults/fault-plan.ts'

type Calls = Record<string, Record<string, number>>
export type Stats = ReturnType<typeof createStats>

const NO_MODEL_USE = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 }

/** Counts what was asked of each upstream: operation → outcome (HTTP status, with the fault that made it). */
export function createStats() {
  let calls = new Map<Upstream, Calls>()
  let modelUse = { ...NO_MODEL_USE }
  let refused: Record<string, number> = {}

  return {
    /** By the code of the Graph API. */
    refuse(code: number) {
      refused[code] = (refused[code] ?? 0) + 1
    },
    count(upstream: Upstream, operation: string, outcome: string) {
      const ofUpstream = calls.get(upstream) ?? {}
      const outcomes = ofUpstream[operation] ?? {}
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      ofUpstream[operation] = outcomes
      calls.set(upstream, ofUpstream)
    },
    countModelUse(use: typeof NO_MODEL_USE) {
      modelUse = {
        promptTokens: modelUse.promptTokens + use.promptTokens,
        cachedTokens: modelUse.cachedTokens + use.cachedTokens,
        completionTokens: modelUse.completionTokens + use.completionTokens,
        costUsd: modelUse.costUsd + use.costUsd,
      }
    },
    read: () => ({
      ...Object.fromEntries(UPSTREAMS.map((upstream) => [upstream, { calls: calls.get(upstream) ?? {} }])),
      whatsapp: { calls: calls.get('whatsapp') ?? {}, refused },
      openrouter: { calls: calls.get('openrouter') ?? {}, ...modelUse },
    }),
    reset() {
      calls = new Map()
      modelUse = { ...NO_MODEL_USE }
      refused = {}
    },
  }
}
