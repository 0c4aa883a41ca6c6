import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { SAMPLERS, type TracingConfig } from '@waybill/tracing'
import { z } from 'zod'
import { secretProblem } from './known-secrets.ts'
import type { LogConfig } from './logger.ts'
import { plaintextProblem } from './plaintext.ts'

/** Items by comma. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)

/** What intake and the scheduler must agree on. WhatsApp repeats a webhook for 7 days. */
export const retentionEnv = {
  RETENTION_HOT_DAYS: z.coerce
    .number()
    .int()
    .min(8, 'WhatsApp repeats what it said for 7 days')
    .default(30)
    .describe(
      'Days until what is over moves to the archive; what WhatsApp dates before has no effect. The same for both',
    ),
}

/** What every service reads from its environment: spread it into the service's own schema. */
export const serviceEnv = {
  PROFILE: z
    .enum(['production', 'sandbox'])
    .default('production')
    .describe(
      'sandbox accepts secrets that everybody knows, weak ones, and URLs without TLS: for a system that is only tried out',
    ),
  PLAINTEXT_HOSTS: list
    .default([])
    .describe('Hosts that are spoken to without TLS, by comma: on a network that nobody else can listen to'),
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
  LOG_HASH_KEY: z
    .string()
    .min(16)
    .optional()
    .describe(
      'Any secret words, the same for all services: what logs call conversations and messages is made with it; without it each process has names of its own',
    ),
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

/** What `createLogger` is told, of what `serviceEnv` reads. */
export function logOf(env: z.output<z.ZodObject<typeof serviceEnv>>): LogConfig {
  const { LOG_LEVEL: level, LOG_HASH_KEY: key } = env
  return { level, hashKey: key ?? randomUUID(), isHashKeyGiven: key !== undefined }
}

/** What `startTracing` is told, of what `serviceEnv` reads. */
export function tracingOf(env: z.output<z.ZodObject<typeof serviceEnv>>): TracingConfig {
  return {
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    sampler: env.OTEL_TRACES_SAMPLER,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
  }
}

/**
 * Reports every problem at once, by the name of the variable and never with its value. An empty value counts as unset.
 * Outside of the profile `sandbox`, a secret that everybody knows is a problem, and so is a URL without TLS.
 */
export function parseEnv<Schema extends z.ZodObject>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
): z.output<Schema> {
  const given: NodeJS.ProcessEnv = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  const issues = parsed.error?.issues ?? []
  const problems = issues.map(({ path, message }) => {
    const [name] = path
    return name === undefined
      ? `  ${message}`
      : `  ${String(name)}: ${name in given ? message : 'is required'}`
  })
  const weak = given.PROFILE === 'sandbox' ? [] : weaknesses(Object.keys(schema.shape), given)
  if (weak.length > 0) weak.push('  Where nothing is at stake, PROFILE=sandbox accepts this')
  if (parsed.success && weak.length === 0) return parsed.data
  throw new Error(`The environment is not usable:\n${[...problems, ...weak].join('\n')}`)
}

function weaknesses(names: readonly string[], given: NodeJS.ProcessEnv): string[] {
  const plaintextHosts = list.parse(given.PLAINTEXT_HOSTS ?? '')
  const found = names.flatMap((name) => {
    const value = given[name]
    if (value === undefined) return []
    const problems = [secretProblem(name, value), plaintextProblem(value, plaintextHosts)]
    return problems.flatMap((it) => (it === undefined ? [] : `  ${name}: ${it}`))
  })
  if (given.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    found.push('  NODE_TLS_REJECT_UNAUTHORIZED: lets any server pass for any other')
  return found
}
