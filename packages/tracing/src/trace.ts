import { AsyncLocalStorage } from 'node:async_hooks'
import type { Attributes, Span as OpenTelemetrySpan, SpanContext } from '@opentelemetry/api'
import { readTraceparent, writeTraceparent } from './traceparent.ts'

/** What a piece of work is part of, as it travels with a message and lies beside a row. */
export type Origin = {
  /** W3C trace context, https://www.w3.org/TR/trace-context/#traceparent-header. */
  readonly traceparent?: string | null | undefined
  /** By which all lines of the log about one request are found, with tracing or without. */
  readonly correlationId?: string | null | undefined
}

export type SpanOptions = {
  /** Default: work of our own. */
  kind?: 'server' | 'client' | 'producer' | 'consumer'
  attributes?: Attributes
  /** `traceparent`s of what this is the outcome of, too. */
  links?: readonly (string | null | undefined)[]
}
/** No text, phone number, name or address may be an attribute. */
export type Span = Pick<OpenTelemetrySpan, 'setAttributes'>
export type OpenSpan = { readonly traceparent: string; end(): void }

export type Tracer = {
  start(name: string, options: SpanOptions, parent: SpanContext | undefined): OpenTelemetrySpan
  fail(span: OpenTelemetrySpan, error: unknown): void
}

type Here = { readonly correlationId: string | undefined; readonly span: SpanContext | undefined }

const here = new AsyncLocalStorage<Here>()
let tracer: Tracer | undefined

/** All spans of the process go to it; to none with `undefined`. */
export function traceWith(next: Tracer | undefined): void {
  tracer = next
}

/**
 * Runs work within a span, the child of the one that it is called in; what the work throws is on it. Without tracing it
 * is a call of the work and nothing else: then there is no span.
 */
export function inSpan<Result>(
  name: string,
  optionsOf: () => SpanOptions,
  work: (span: Span | undefined) => Promise<Result>,
): Promise<Result> {
  return tracer ? traced(tracer, { name, options: optionsOf() }, work) : work(undefined)
}

async function traced<Result>(
  by: Tracer,
  { name, options }: { name: string; options: SpanOptions },
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const around = here.getStore()
  const span = by.start(name, options, around?.span)
  try {
    return await here.run({ correlationId: around?.correlationId, span: span.spanContext() }, work, span)
  } catch (error) {
    by.fail(span, error)
    throw error
  } finally {
    span.end()
  }
}

/** For work that is done together with other work, in no span of its own: whoever calls ends it. */
export function openSpan(name: string, optionsOf: () => SpanOptions, origin: Origin): OpenSpan | undefined {
  if (!tracer) return undefined
  const span = tracer.start(name, optionsOf(), readTraceparent(origin.traceparent))
  return { traceparent: writeTraceparent(span.spanContext()), end: () => span.end() }
}

/**
 * Runs work as part of what it comes from. In the same trace already, it stays where it is: a turn belongs to the hint
 * that has brought it, if that is about the same message. What is not known of the origin stays as it is here.
 */
export function continueFrom<Result>(
  { traceparent, correlationId }: Origin,
  work: () => Promise<Result>,
): Promise<Result> {
  const around = here.getStore()
  const span = tracer && readTraceparent(traceparent)
  const isElsewhere = span !== undefined && span.traceId !== around?.span?.traceId
  return here.run(
    { correlationId: correlationId ?? around?.correlationId, span: isElsewhere ? span : around?.span },
    work,
  )
}

/** What the running work is part of. */
export function currentOrigin(): { traceparent: string | undefined; correlationId: string | undefined } {
  const around = here.getStore()
  return {
    traceparent: around?.span && writeTraceparent(around.span),
    correlationId: around?.correlationId,
  }
}

/** For every line of the log. */
export function logFields(): { correlationId?: string; traceId?: string; spanId?: string } {
  const { correlationId, span } = here.getStore() ?? {}
  return {
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(span === undefined ? {} : { traceId: span.traceId, spanId: span.spanId }),
  }
}
