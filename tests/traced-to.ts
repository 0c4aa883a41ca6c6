import type { StackOptions } from '@waybill/local'

const TRACED = ['ingress', 'intake', 'assistant', 'guardrails', 'sender', 'scheduler', 'dispatch'] as const

/** Every service sends its traces there. */
export function tracedTo(url: string): NonNullable<StackOptions['env']> {
  return Object.fromEntries(TRACED.map((service) => [service, { OTEL_EXPORTER_OTLP_ENDPOINT: url }]))
}
