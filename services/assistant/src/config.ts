import { list, logOf, parseEnv, serviceEnv, tracingOf } from '@waybill/service-kit'
import { z } from 'zod'

const milliseconds = z.coerce.number().int().positive()

const wallClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'not a time, like 21:00')

export const envSchema = z.object({
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
  OPENROUTER_FALLBACK_MODELS: list
    .default([])
    .describe(
      'Models to fall back on when the first fails, by comma, in this order; their providers must be listed too',
    ),
  OPENROUTER_PROVIDERS: list
    .default(['openai'])
    .describe('Providers that may serve the model, by comma, or any: one keeps the prompt cache warm'),
  OPENROUTER_DATA_COLLECTION: z
    .enum(['deny', 'allow'])
    .default('deny')
    .describe('Whether providers may keep what they are sent'),
  GUARDRAILS_URLS: list
    .pipe(z.array(z.url({ protocol: /^https?$/ })).min(1))
    .describe('Instances of the guardrails, by comma: asked in turn'),
  GUARDRAILS_TOKEN: z
    .string()
    .min(1)
    .optional()
    .describe('Bearer token for the guardrails, where they want one'),
  GUARDRAILS_TIMEOUT_MS: milliseconds
    .default(1_000)
    .describe('How long a check may take before the built-in minimum has to do'),
  MODEL_TIMEOUT_MS: milliseconds
    .default(8_000)
    .describe('How long the model may take before rules take over'),
  ORDERS_API_URL: z.url({ protocol: /^https?$/ }).describe('Base URL of the order system'),
  ORDERS_API_TOKEN: z.string().min(1).describe('Bearer token for the order system'),
  ORDERS_MAP_HOSTS: list
    .default(['www.google.com'])
    .describe(
      'Hosts that links to maps may lead to, by comma: others are replaced by one from the coordinates',
    ),
  ORDERS_TIMEOUT_MS: milliseconds.default(3_000).describe('How long the order system may take'),
  WHATSAPP_PHONE_NUMBER_ID: z
    .string()
    .regex(/^\d+$/, 'must be digits')
    .describe('The number that drivers are asked from whether they take the route'),
  WHATSAPP_API_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://graph.facebook.com/v24.0')
    .describe("Graph API with its version: drivers' files are read from it"),
  WHATSAPP_ACCESS_TOKEN: z.string().min(1).describe('System user token with whatsapp_business_messaging'),
  WHATSAPP_MEDIA_HOSTS: list
    .default(['lookaside.fbsbx.com'])
    .describe('Where files may be read from, by comma: host names (https, public), or whole origins'),
  MEDIA_TIMEOUT_MS: milliseconds.default(10_000).describe('How long a file may take to come or to be kept'),
  MEDIA_DIR: z.string().min(1).default('media').describe("Folder for drivers' files, when there is no S3"),
  MEDIA_S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('S3 or what speaks it, with the bucket: https://s3.eu-west-1.amazonaws.com/waybill-media'),
  MEDIA_S3_REGION: z.string().min(1).default('us-east-1').describe('Region of the S3 bucket'),
  MEDIA_S3_ACCESS_KEY_ID: z.string().default('').describe('Id of the key to the S3 bucket'),
  MEDIA_S3_SECRET_ACCESS_KEY: z.string().default('').describe('Secret of the key to the S3 bucket'),
  ALBUM_QUIET_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(2_000)
    .describe('How long a photo waits for the rest of its album'),
  TRANSCRIPTION_MODEL: z
    .string()
    .min(1)
    .default('openai/whisper-1')
    .describe('The model that listens to voice notes'),
  TRANSCRIPTION_TIMEOUT_MS: milliseconds.default(12_000).describe('How long a transcription may take'),
  VOICE_SECONDS_MAX: z.coerce.number().int().min(1).default(120).describe('Voice notes that are listened to'),
  CHECK_IN_AGAIN_MS: milliseconds
    .default(60 * 60_000)
    .describe('How long a check-in waits for its answer before a reminder, and then before dispatch is told'),
  ORDER_EVENTS_MERGE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(20_000)
    .describe('How long an event of the order system waits for others to be told with it'),
  QUIET_FROM: wallClockTime
    .default('21:00')
    .describe('From when nobody is told of anything that is not urgent'),
  QUIET_UNTIL: wallClockTime
    .default('06:00')
    .describe('Until when, where the driver is; the same as QUIET_FROM: never quiet'),
  TURNS_IN_FLIGHT: z.coerce.number().int().min(1).max(1_000).default(100).describe('Turns worked on at once'),
  DATABASE_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe('PostgreSQL connections at most'),
  RATE_DRIVER_MESSAGES: z.coerce
    .number()
    .int()
    .min(1)
    .default(120)
    .describe('Messages of one driver that are answered within RATE_DRIVER_WINDOW_SECONDS; more wait'),
  RATE_DRIVER_WINDOW_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_600)
    .default(60)
    .describe('How far back a driver’s messages are counted'),
  RATE_ALL_TURNS_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .default(1_000)
    .describe('Turns of all drivers together that are begun in a second; more wait'),
  LEASE_MS: milliseconds
    .min(1_000)
    .default(15_000)
    .describe('How long a worker that died holds a conversation'),
})

// Turns that wait for the model may not take all there are: what needs none goes on. Before it comes to that, nobody is
// shown any more that somebody is typing.
const MODEL_SHARE = 0.8
const PRESENCE_SHARE = 0.5

export type Config = ReturnType<typeof loadConfig>

export function loadConfig(env: NodeJS.ProcessEnv) {
  const data = parseEnv(envSchema, env)
  return {
    instance: data.INSTANCE,
    http: { host: data.HOST, port: data.PORT },
    log: logOf(data),
    tracing: tracingOf(data),
    amqp: { url: data.AMQP_URL },
    database: { url: data.DATABASE_URL, connectionsMax: data.DATABASE_CONNECTIONS },
    redis: { url: data.REDIS_URL },
    model: {
      baseUrl: data.OPENROUTER_BASE_URL,
      apiKey: data.OPENROUTER_API_KEY,
      model: data.OPENROUTER_MODEL,
      fallbackModels: data.OPENROUTER_FALLBACK_MODELS,
      providers: data.OPENROUTER_PROVIDERS.filter((name) => name !== 'any'),
      dataCollection: data.OPENROUTER_DATA_COLLECTION,
      timeoutMs: data.MODEL_TIMEOUT_MS,
      callsInFlightMax: Math.ceil(data.TURNS_IN_FLIGHT * MODEL_SHARE),
      presenceInFlightMax: Math.ceil(data.TURNS_IN_FLIGHT * PRESENCE_SHARE),
    },
    guardrails: {
      urls: data.GUARDRAILS_URLS,
      token: data.GUARDRAILS_TOKEN,
      timeoutMs: data.GUARDRAILS_TIMEOUT_MS,
    },
    orders: {
      mapHosts: data.ORDERS_MAP_HOSTS,
      baseUrl: data.ORDERS_API_URL,
      token: data.ORDERS_API_TOKEN,
      timeoutMs: data.ORDERS_TIMEOUT_MS,
    },
    whatsapp: {
      baseUrl: data.WHATSAPP_API_URL,
      accessToken: data.WHATSAPP_ACCESS_TOKEN,
      phoneNumberId: data.WHATSAPP_PHONE_NUMBER_ID,
    },
    media: {
      hosts: data.WHATSAPP_MEDIA_HOSTS,
      timeoutMs: data.MEDIA_TIMEOUT_MS,
      dir: data.MEDIA_DIR,
      s3:
        data.MEDIA_S3_ENDPOINT === undefined
          ? undefined
          : {
              endpoint: data.MEDIA_S3_ENDPOINT,
              region: data.MEDIA_S3_REGION,
              accessKeyId: data.MEDIA_S3_ACCESS_KEY_ID,
              secretAccessKey: data.MEDIA_S3_SECRET_ACCESS_KEY,
            },
    },
    voice: {
      transcription: {
        baseUrl: data.OPENROUTER_BASE_URL,
        apiKey: data.OPENROUTER_API_KEY,
        model: data.TRANSCRIPTION_MODEL,
        timeoutMs: data.TRANSCRIPTION_TIMEOUT_MS,
      },
      secondsMax: data.VOICE_SECONDS_MAX,
    },
    checkIns: { phoneNumberId: data.WHATSAPP_PHONE_NUMBER_ID, againMs: data.CHECK_IN_AGAIN_MS },
    limits: {
      driverMessages: data.RATE_DRIVER_MESSAGES,
      driverWindowSeconds: data.RATE_DRIVER_WINDOW_SECONDS,
      allTurnsPerSecond: data.RATE_ALL_TURNS_PER_SECOND,
    },
    eventTiming: {
      mergeMs: data.ORDER_EVENTS_MERGE_MS,
      nightFrom: data.QUIET_FROM,
      nightUntil: data.QUIET_UNTIL,
    },
    turnsInFlight: data.TURNS_IN_FLIGHT,
    albumQuietMs: data.ALBUM_QUIET_MS,
    lease: { ttlMs: data.LEASE_MS, renewMs: Math.round(data.LEASE_MS / 3) },
  }
}
