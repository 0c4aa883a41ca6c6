import type { Socket } from 'node:net'
import { type Fault, type FaultPlan, faultFor, NO_FAULTS, UPSTREAMS, type Upstream } from './fault-plan.ts'

type State = { plan: FaultPlan; errorsShown: number; timesLeft: number; calls: number }
type Latency = { latencyMs: number; jitterMs: number }
export type Faults = ReturnType<typeof createFaults>

/** The faults of every upstream, and the calls that hang because of them. */
export function createFaults(defaultLatency: Partial<Record<Upstream, Latency>>, random = Math.random) {
  const states = new Map<Upstream, State>()
  const hanging = new Set<Socket>()

  function set(upstream: Upstream, plan: FaultPlan) {
    states.set(upstream, {
      plan,
      errorsShown: 0,
      timesLeft: plan.times ?? Number.POSITIVE_INFINITY,
      calls: 0,
    })
  }

  function stateOf(upstream: Upstream): State {
    const state = states.get(upstream)
    if (!state) throw new Error(`no faults kept for ${upstream}`)
    return state
  }

  function reset() {
    for (const upstream of UPSTREAMS) set(upstream, NO_FAULTS)
    for (const socket of hanging) socket.destroy()
    hanging.clear()
  }
  reset()

  return {
    set,
    get(upstream: Upstream): FaultPlan & Latency {
      return { ...stateOf(upstream).plan, ...latencyOf(upstream) }
    },
    next(upstream: Upstream, operation: string): { delayMs: number; fault: Fault } {
      const state = stateOf(upstream)
      const { latencyMs, jitterMs } = latencyOf(upstream)
      const delayMs = latencyMs + jitterMs * jitterShare(state.calls++)
      const applies = state.timesLeft > 0 && (state.plan.only?.includes(operation) ?? true)
      const fault: Fault = applies ? faultFor(state.plan, state.errorsShown, random) : { kind: 'none' }
      if (fault.kind !== 'none') state.timesLeft--
      if (fault.kind === 'error') state.errorsShown++
      return { delayMs, fault }
    },
    /** Keeps a connection open without an answer until the caller or a reset ends it. */
    hang(socket: Socket) {
      hanging.add(socket)
      socket.once('close', () => hanging.delete(socket))
    },
    reset,
  }

  function latencyOf(upstream: Upstream): Latency {
    const { plan } = stateOf(upstream)
    const standard = defaultLatency[upstream] ?? { latencyMs: 0, jitterMs: 0 }
    return {
      latencyMs: plan.latencyMs ?? standard.latencyMs,
      // A latency of one's own comes without the usual jitter.
      jitterMs: plan.jitterMs ?? (plan.latencyMs === undefined ? standard.jitterMs : 0),
    }
  }
}

// The same sequence in every run, spread evenly over -1 to 1 by the golden ratio.
function jitterShare(call: number): number {
  return ((call * 0.618_033_988_75) % 1) * 2 - 1
}
