import { parseEnv, serviceEnv } from '@waybill/service-kit'
import { z } from 'zod'

const milliseconds = z.coerce.number().int().positive()

const envSchema = z.object({
  ...serviceEnv,
  AMQP_URL: z.url({ protocol: /^amqps?$/ }).describe('RabbitMQ, with user and vhost'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).describe('PostgreSQL'),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).describe('Redis: sessions and last known orders'),
  OPENROUTER_BASE_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://openrouter.ai/api/v1')
    .describe('OpenRouter, or what speaks its chat completions'),
  OPENROUTER_API_KEY: z.string().min(1).describe('Key for OpenRouter'),
  OPENROUTER_MODEL: z
    .string()
    .min(1)
    .default('openai/gpt-5-mini')
    .describe('The model that understands drivers'),
  OPENROUTER_PROVIDERS: z
    .string()
    .default('openai')
    .transform((list) =>
      list
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    )
    .describe('Providers that may serve it, by comma: one keeps the prompt cache warm'),
  MODEL_TIMEOUT_MS: milliseconds
    .default(8_000)
    .describe('How long the model may take before rules take over'),
  ORDERS_API_URL: z.url({ protocol: /^https?$/ }).describe('Base URL of the order system'),
  ORDERS_API_TOKEN: z.string().min(1).describe('Bearer token for the order system'),
  ORDERS_TIMEOUT_MS: milliseconds.default(3_000).describe('How long the order system may take'),
  WHATSAPP_PHONE_NUMBER_ID: z
    .string()
    .regex(/^\d+$/, 'must be digits')
    .describe('The number that drivers are asked from whether they take the route'),
  CHECK_IN_AGAIN_MS: milliseconds
    .default(60 * 60_000)
    .describe('How long a check-in waits for its answer before a reminder, and then before dispatch is told'),
  TURNS_IN_FLIGHT: z.coerce.number().int().min(1).max(1_000).default(100).describe('Turns worked on at once'),
  DATABASE_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe('PostgreSQL connections at most'),
  LEASE_MS: milliseconds
    .min(1_000)
    .default(15_000)
    .describe('How long a worker that died holds a conversation'),
})

export type Config = ReturnType<typeof loadConfig>

export function loadConfig(env: NodeJS.ProcessEnv) {
  const data = parseEnv(envSchema, env)
  return {
    instance: data.INSTANCE,
    http: { host: data.HOST, port: data.PORT },
    log: { level: data.LOG_LEVEL },
    amqp: { url: data.AMQP_URL },
    database: { url: data.DATABASE_URL, connectionsMax: data.DATABASE_CONNECTIONS },
    redis: { url: data.REDIS_URL },
    model: {
      baseUrl: data.OPENROUTER_BASE_URL,
      apiKey: data.OPENROUTER_API_KEY,
      model: data.OPENROUTER_MODEL,
      providers: data.OPENROUTER_PROVIDERS,
      timeoutMs: data.MODEL_TIMEOUT_MS,
      callsInFlightMax: data.TURNS_IN_FLIGHT,
    },
    orders: { baseUrl: data.ORDERS_API_URL, token: data.ORDERS_API_TOKEN, timeoutMs: data.ORDERS_TIMEOUT_MS },
    checkIns: { phoneNumberId: data.WHATSAPP_PHONE_NUMBER_ID, againMs: data.CHECK_IN_AGAIN_MS },
    turnsInFlight: data.TURNS_IN_FLIGHT,
    lease: { ttlMs: data.LEASE_MS, renewMs: Math.round(data.LEASE_MS / 3) },
  }
}
