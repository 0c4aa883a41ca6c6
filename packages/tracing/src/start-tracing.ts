import type { Logger } from 'pino'
import { traceWith } from './trace.ts'

export type TracingConfig = {
  /** Of the collector, over HTTP. Without it nothing of OpenTelemetry is loaded. */
  endpoint: string | undefined
  /** A name of `OTEL_TRACES_SAMPLER`. */
  sampler: SamplerName
  /** Of the traces that start here; for the samplers by ratio. */
  ratio: number
}
export const SAMPLERS = [
  ...['always_on', 'always_off', 'traceidratio', 'parentbased_always_on'],
  ...['parentbased_always_off', 'parentbased_traceidratio'],
] as const
export type SamplerName = (typeof SAMPLERS)[number]

type Options = TracingConfig & { service: string; instance: string; log: Logger }

// The last thing of a stop, which is 25 s in all.
const FLUSH_MS_MAX = 1_000

/** Sends the spans of this process to a collector until disposed. A collector that is away costs spans and nothing else. */
export async function startTracing({ endpoint, ...options }: Options): Promise<AsyncDisposable> {
  if (endpoint === undefined) return { async [Symbol.asyncDispose]() {} }
  const { openTracer } = await import('./open-tracer.ts')
  const opened = openTracer({ ...options, endpoint })
  traceWith(opened.tracer)
  return {
    async [Symbol.asyncDispose]() {
      traceWith(undefined)
      const timeout = Promise.withResolvers<void>()
      const timer = setTimeout(timeout.resolve, FLUSH_MS_MAX)
      await Promise.race([opened.shutdown(), timeout.promise])
      clearTimeout(timer)
    },
  }
}
