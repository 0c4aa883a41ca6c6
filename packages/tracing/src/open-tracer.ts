import { ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Logger } from 'pino'
import type { SamplerName, TracingConfig } from './start-tracing.ts'
import type { Tracer } from './trace.ts'
import { readTraceparent } from './traceparent.ts'
import { withoutNumbers } from './without-numbers.ts'

type Options = TracingConfig & { endpoint: string; service: string; instance: string; log: Logger }

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
}
const EXPORT_MS_MAX = 5_000
const EXPORT_EVERY_MS = 1_000
const DESCRIPTION_LENGTH_MAX = 500

/** Spans wait in memory, 2,048 at most, and go out in batches; those that find no room are dropped. */
export function openTracer({ endpoint, service, instance, sampler, ratio, log }: Options): {
  tracer: Tracer
  shutdown(): Promise<void>
} {
  const collector = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_MS_MAX,
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.namespace': 'waybill',
      'service.instance.id': instance,
    }),
    sampler: samplerOf(sampler, ratio),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: sayingOnce(collector, log),
        scheduledDelayMillis: EXPORT_EVERY_MS,
        exportTimeoutMillis: EXPORT_MS_MAX * 2,
      }),
    ],
  })
  const spans = provider.getTracer('waybill')
  return {
    tracer: {
      start: (name, { kind, attributes = {}, links = [] }, parent) =>
        spans.startSpan(
          name,
          {
            kind: kind ? KINDS[kind] : SpanKind.INTERNAL,
            attributes,
            links: links
              .map(readTraceparent)
              .filter((it) => it !== undefined)
              .map(linkTo),
          },
          parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT,
        ),
      fail(span, error) {
        const { name, message } = error instanceof Error ? error : new Error(String(error))
        span.setAttributes({ 'error.type': name })
        const description = withoutNumbers(message).slice(0, DESCRIPTION_LENGTH_MAX)
        span.setStatus({ code: SpanStatusCode.ERROR, message: description })
      },
    },
    shutdown: () => provider.shutdown().catch(() => {}),
  }
}

function linkTo(context: SpanContext) {
  return { context }
}

function samplerOf(name: SamplerName, ratio: number): Sampler {
  const root = name.endsWith('always_on')
    ? new AlwaysOnSampler()
    : name.endsWith('always_off')
      ? new AlwaysOffSampler()
      : new TraceIdRatioBasedSampler(ratio)
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
}

/** What it loses is said when it begins and when it is over. */
function sayingOnce(collector: SpanExporter, log: Logger): SpanExporter {
  let isLosing = false
  return {
    export(spans, done) {
      collector.export(spans, (result) => {
        if (result.error && !isLosing)
          log.warn({ err: result.error }, 'traces are lost: the collector does not take them')
        if (!result.error && isLosing) log.info('the collector takes traces again')
        isLosing = result.error !== undefined
        done(result)
      })
    },
    shutdown: () => collector.shutdown(),
  }
}
