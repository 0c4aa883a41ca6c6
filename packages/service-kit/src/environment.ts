import { hostname } from 'node:os'
import { SAMPLERS, type TracingConfig } from '@waybill/tracing'
import { z } from 'zod'

/** Items by comma. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)

/** What every service reads from its environment: spread it into the service's own schema. */
export const serviceEnv = {
  INSTANCE: z
    .string()
    .min(1)
    .default(hostname())
    .describe('Name of this instance, unique: assistant-1; the name of the machine without'),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8_080)
    .describe('Port of /live, /ready and /metrics'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The least severe level that is logged'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('OpenTelemetry collector that traces are sent to, OTLP over HTTP; without it there are none'),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS)
    .default('parentbased_always_on')
    .describe('Which traces are kept, by the names of OpenTelemetry; whoever starts one decides'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('The share of them, from 0 to 1, for the samplers by ratio'),
}

/** What `startTracing` is told, of what `serviceEnv` reads. */
export function tracingOf(env: z.output<z.ZodObject<typeof serviceEnv>>): TracingConfig {
  return {
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    sampler: env.OTEL_TRACES_SAMPLER,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
  }
}

/** Reports every problem at once, by the name of the variable and never with its value. An empty value counts as unset. */
export function parseEnv<Schema extends z.ZodType>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => {
    const [name] = path
    return name === undefined
      ? `  ${message}`
      : `  ${String(name)}: ${name in given ? message : 'is required'}`
  })
  throw new Error(`The environment is not usable:\n${problems.join('\n')}`)
}
