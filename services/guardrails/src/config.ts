import { parseEnv, serviceEnv } from '@waybill/service-kit'
import { z } from 'zod'

const envSchema = z.object({
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
})

export type Config = ReturnType<typeof loadConfig>

export function loadConfig(env: NodeJS.ProcessEnv) {
  const data = parseEnv(envSchema, env)
  return {
    instance: data.INSTANCE,
    http: { host: data.HOST, port: data.PORT },
    log: { level: data.LOG_LEVEL },
    policyDir: data.GUARDRAILS_POLICY_DIR,
    token: data.GUARDRAILS_TOKEN,
  }
}
