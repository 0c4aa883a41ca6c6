import CircuitBreaker from 'opossum'
import type { Logger } from 'pino'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

type Options = {
  /** One breaker per upstream and kind of work: `orders-read`. */
  name: string
  registry: Registry
  log: Logger
  timeoutMs: number
  /** Opens when this share of the calls in ten seconds failed, of at least `volumeThreshold`. */
  errorThresholdPercentage?: number
  volumeThreshold?: number
  /** How long it stays open before one call may try again, ±20 %; twice as long after each that fails, up to 30 s. */
  resetTimeoutMs?: number
  /** Calls in flight at most. */
  capacity?: number
  /** `false` for an error that says nothing against the upstream: it passes through and counts as a success. */
  isFailure?: (error: unknown) => boolean
  random?: () => number
}

export type Breaker<Args extends unknown[], Out> = Disposable & {
  /** Throws what the action throws, or UnavailableError. */
  call(...args: Args): Promise<Out>
  readonly isOpen: boolean
  /** Calls that are let through and not answered yet. */
  readonly inFlight: number
}

/** The upstream was not asked, or did not answer in time. */
export class UnavailableError extends Error {
  override name = 'UnavailableError'
  readonly reason: 'open' | 'timeout' | 'capacity'

  constructor(breaker: string, reason: UnavailableError['reason']) {
    super(`${breaker} is unavailable: ${reason}`)
    this.reason = reason
  }
}

const STATES = { closed: 0, halfOpen: 1, open: 2 } as const
type State = keyof typeof STATES
/** Why a breaker changed its state: it opens for the first two. */
type Reason = 'timeout' | 'error' | 'probe due' | 'probe succeeded'

const RESET_MS = 10_000
const RESET_MS_MAX = 30_000

/**
 * A circuit breaker and a deadline around an action. The signal is aborted at the deadline: what the action has in
 * flight must end with it. There are no retries in here: who calls owns them.
 */
export function createBreaker<Args extends unknown[], Out>(
  options: Options,
  action: (signal: AbortSignal, ...args: Args) => Promise<Out>,
): Breaker<Args, Out> {
  const { name, timeoutMs, log, capacity = 1_000, isFailure = () => true } = options
  const { resetTimeoutMs = RESET_MS, random = Math.random } = options
  const metrics = metricsOf(options.registry)
  const isCounted = (error: unknown) => error instanceof UnavailableError || isFailure(error)
  let state: State = 'closed'
  let inFlight = 0
  let failedProbes = 0
  let lastFailure: unknown

  const settings: CircuitBreaker.Options<Args> = {
    name,
    timeout: false,
    errorThresholdPercentage: options.errorThresholdPercentage ?? 50,
    volumeThreshold: options.volumeThreshold ?? 10,
    errorFilter: (error) => !isCounted(error),
    enableSnapshots: false,
    rollingPercentilesEnabled: false,
  }
  const breaker = new CircuitBreaker(
    // opossum's own abortController is one for all calls: the timeout of one would abort its neighbours.
    (...args: Args) => withDeadline(name, timeoutMs, (signal) => action(signal, ...args)),
    settings,
  )
  function enter(next: State, reason: Reason, more: object = {}): void {
    state = next
    metrics.state.set({ breaker: name }, STATES[next])
    metrics.transitions.inc({ breaker: name, state: next, reason })
    log.warn({ breaker: name, state: next, reason, ...more }, 'a circuit breaker changed its state')
  }
  metrics.state.set({ breaker: name }, STATES.closed)
  breaker.on('failure', (error: unknown) => {
    lastFailure = error
  })
  // Before opossum's own listener, which reads the time until the next probe from its settings.
  breaker.prependListener('open', () => {
    if (state === 'halfOpen') failedProbes += 1
    const ceilingMs = Math.max(resetTimeoutMs, Math.min(resetTimeoutMs * 2 ** failedProbes, RESET_MS_MAX))
    settings.resetTimeout = Math.round(ceilingMs * (0.8 + random() * 0.4))
    const reason = lastFailure instanceof UnavailableError ? 'timeout' : 'error'
    enter('open', reason, { err: lastFailure, probeInMs: settings.resetTimeout })
  })
  breaker.on('halfOpen', () => enter('halfOpen', 'probe due'))
  breaker.on('close', () => {
    failedProbes = 0
    enter('closed', 'probe succeeded')
  })

  /** Calls that are refused never get to opossum, which would count them among those that did not fail. */
  function refusal(): UnavailableError | undefined {
    if (breaker.isShutdown || (!breaker.closed && !breaker.pendingClose))
      return new UnavailableError(name, 'open')
    return inFlight >= capacity ? new UnavailableError(name, 'capacity') : undefined
  }

  return {
    async call(...args) {
      const refused = refusal()
      if (refused) {
        metrics.calls.inc({ breaker: name, outcome: refused.reason })
        throw refused
      }
      inFlight += 1
      const stopClock = metrics.seconds.startTimer({ breaker: name })
      try {
        const out = await breaker.fire(...args)
        metrics.calls.inc({ breaker: name, outcome: 'success' })
        return out
      } catch (error) {
        const outcome =
          error instanceof UnavailableError ? error.reason : isCounted(error) ? 'error' : 'success'
        metrics.calls.inc({ breaker: name, outcome })
        throw error
      } finally {
        stopClock()
        inFlight -= 1
      }
    },
    get isOpen() {
      return breaker.opened
    },
    get inFlight() {
      return inFlight
    },
    [Symbol.dispose]: () => breaker.shutdown(),
  }
}

async function withDeadline<Out>(
  name: string,
  timeoutMs: number,
  action: (signal: AbortSignal) => Promise<Out>,
): Promise<Out> {
  const deadline = new AbortController()
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const error = new UnavailableError(name, 'timeout')
    reject(error)
    deadline.abort(error)
  }, timeoutMs)
  try {
    return await Promise.race([action(deadline.signal), expired])
  } finally {
    clearTimeout(timer)
  }
}

/** The breakers of a process share their metrics. */
function metricsOf(registry: Registry) {
  const stateName = 'waybill_breaker_state'
  const transitionsName = 'waybill_breaker_transitions_total'
  const callsName = 'waybill_breaker_calls_total'
  const secondsName = 'waybill_breaker_call_seconds'
  const state = registry.getSingleMetric(stateName)
  const transitions = registry.getSingleMetric(transitionsName)
  const calls = registry.getSingleMetric(callsName)
  const seconds = registry.getSingleMetric(secondsName)
  return {
    state:
      state instanceof Gauge
        ? state
        : new Gauge({
            name: stateName,
            help: '0 closed, 1 half open, 2 open',
            labelNames: ['breaker'],
            registers: [registry],
          }),
    transitions:
      transitions instanceof Counter
        ? transitions
        : new Counter({
            name: transitionsName,
            help: 'Changes of state by the new state and why: timeout, error, probe due, probe succeeded',
            labelNames: ['breaker', 'state', 'reason'],
            registers: [registry],
          }),
    calls:
      calls instanceof Counter
        ? calls
        : new Counter({
            name: callsName,
            help: 'Calls through a breaker by outcome: success, error, or why there was no answer',
            labelNames: ['breaker', 'outcome'],
            registers: [registry],
          }),
    seconds:
      seconds instanceof Histogram
        ? seconds
        : new Histogram({
            name: secondsName,
            help: 'How long a call took that was let through, whatever its outcome',
            labelNames: ['breaker'],
            buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30],
            registers: [registry],
          }),
  }
}
