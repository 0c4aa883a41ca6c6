import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseEnv as parseDotEnv } from 'node:util'
import { expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { loadConfig as assistant } from '../../services/assistant/src/config.ts'
import { loadConfig as dispatch } from '../../services/dispatch/src/config.ts'
import { loadConfig as guardrails } from '../../services/guardrails/src/config.ts'
import { loadConfig as ingress } from '../../services/ingress/src/config.ts'
import { loadConfig as intake } from '../../services/intake/src/config.ts'
import { loadConfig as scheduler } from '../../services/scheduler/src/config.ts'
import { loadConfig as sender } from '../../services/sender/src/config.ts'

const SERVICES = Object.entries({ ingress, intake, assistant, guardrails, sender, scheduler, dispatch })
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** As docker compose fills it in. */
function environmentOf(service: string, env: NodeJS.Dict<string>): Record<string, string> {
  const filled = read('docker-compose.yml').replaceAll(
    /\$\{(\w+)(:?)-([^}]*)\}/g,
    (_all, name: string, colon: string, standard: string) =>
      (colon ? env[name] || undefined : env[name]) ?? standard,
  )
  const { services } = z
    .object({
      services: z.record(
        z.string(),
        z.object({
          environment: z.record(z.string(), z.union([z.string(), z.number()]).nullable()).optional(),
        }),
      ),
    })
    .parse(parse(filled, { merge: true }))
  const environment = services[service]?.environment ?? {}
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value ?? '')]))
}

const [, step = ''] = /cat >> \.env <<'ENV'\n(.*?)\nENV\n/s.exec(read('docs/production.md')) ?? []
const REAL = {
  ...parseDotEnv(step.replaceAll('…', 'f3a9c1d27b604e58')),
  ...{ WHATSAPP_ACCESS_TOKEN: 'EAAG-of-a-system-user', WHATSAPP_API_URL: 'https://graph.facebook.com/v24.0' },
  ...{ WHATSAPP_PHONE_NUMBER_ID: '1', WHATSAPP_WABA_ID: '2', WHATSAPP_APP_SECRET: 'f3a9c1d27b604e58' },
  ...{ WHATSAPP_VERIFY_TOKEN: 'any words of one’s own', OPENROUTER_API_KEY: 'sk-or-f3a9c1d27b604e58' },
  ...{ OPENROUTER_BASE_URL: 'https://openrouter.ai/api/v1', ORDERS_API_URL: 'https://orders.example' },
  ...{ ORDERS_API_TOKEN: 'f3a9c1d27b604e58', ORDER_EVENTS_SECRET: '' },
  DISPATCH_WEBHOOK_URL: 'https://dispatch.example',
}

it.each(SERVICES)(
  'S17: docker compose starts %s in production with values of one’s own, as production.md has it',
  (name, load) => {
    expect(load(environmentOf(name, REAL))).toHaveProperty('instance')
  },
)

it.each(SERVICES)(
  'S17: docker compose does not start %s in production with what stands in its file',
  (name, load) => {
    const asItIs = environmentOf(name, { PROFILE: 'production' })
    expect(() => load(asItIs)).toThrow(/everybody can read|is not encrypted/)
    for (const secret of ['sandbox-only', 'sandbox-app-secret', 'sandbox-key'])
      expect(() => load(asItIs)).not.toThrow(secret)
    expect(load(environmentOf(name, {}))).toHaveProperty('instance')
  },
)

it('S17: the process of a service that is given guest ends, and says which variable it is about', () => {
  const main = fileURLToPath(new URL('../../services/scheduler/src/main.ts', import.meta.url))
  const env = {
    AMQP_URL: 'amqps://guest:guest@broker',
    DATABASE_URL: 'postgres://app@db/?sslmode=verify-full',
  }
  const ended = spawnSync(process.execPath, ['--conditions=@waybill/source', main], { env, encoding: 'utf8' })
  expect(ended.status).toBe(1)
  expect(ended.stderr).toMatch(/AMQP_URL: has the user guest.*DATABASE_URL: has a password that is empty/s)
  expect(ended.stderr).not.toContain('guest@')
})
