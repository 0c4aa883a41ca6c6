import { list, logOf, parseEnv, serviceEnv, tracingOf } from '@waybill/service-kit'
import { z } from 'zod'

export const envSchema = z.object({
  ...serviceEnv,
  GUARDRAILS_POLICY_DIR: z
    .string()
    .min(1)
    .describe('The folder of policy.yaml, and of <tenant>.policy.yaml for tenants with their own'),
  GUARDRAILS_TOKEN: z
    .string()
    .min(32, 'must have 32 characters or more')
    .optional()
    .describe('Bearer token that callers of /v1 show; without it nobody is asked for one'),
  OPENROUTER_BASE_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://openrouter.ai/api/v1')
    .describe('OpenRouter, for policies with a judge'),
  JUDGE_API_KEY: z
    .string()
    .min(1)
    .optional()
    .describe('Key for OpenRouter, of the judge alone; without it no policy may have one'),
  OPENROUTER_PROVIDERS: list
    .default(['openai'])
    .describe('Providers that may serve the judge, by comma, or any'),
  OPENROUTER_DATA_COLLECTION: z
    .enum(['deny', 'allow'])
    .default('deny')
    .describe('Whether providers may keep what they are sent'),
  JUDGE_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .positive()
    .default(800)
    .describe("How long a judge may take; below the assistants' GUARDRAILS_TIMEOUT_MS"),
})

export type Config = ReturnType<typeof loadConfig>

export function loadConfig(env: NodeJS.ProcessEnv) {
  const data = parseEnv(envSchema, env)
  return {
    instance: data.INSTANCE,
    http: { host: data.HOST, port: data.PORT },
    log: logOf(data),
    tracing: tracingOf(data),
    policyDir: data.GUARDRAILS_POLICY_DIR,
    token: data.GUARDRAILS_TOKEN,
    judge:
      data.JUDGE_API_KEY === undefined
        ? undefined
        : {
            baseUrl: data.OPENROUTER_BASE_URL,
            apiKey: data.JUDGE_API_KEY,
            providers: data.OPENROUTER_PROVIDERS.filter((name) => name !== 'any'),
            dataCollection: data.OPENROUTER_DATA_COLLECTION,
            timeoutMs: data.JUDGE_TIMEOUT_MS,
          },
  }
}
