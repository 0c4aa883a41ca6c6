import { z } from 'zod'
import { CHECKS } from '../finding.ts'
import { SEVERITIES, SOURCES } from '../policy/policy-schema.ts'

/** In UTF-16 units. Escaped at its worst it still fits into the body. */
export const TEXT_LENGTH_MAX = 65_536
export const BODY_BYTES_MAX = 512 * 1_024
export const CHECKS_MAX = 100

const text = z.string().max(TEXT_LENGTH_MAX, `has more than ${TEXT_LENGTH_MAX} characters`)
const language = z
  .string()
  .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,4}$/, 'must be a language tag as in BCP 47: en, pt-BR')
  .describe('That of the conversation, as in BCP 47; what is found for any language without')
const tenant = z
  .string()
  .min(1)
  .max(64)
  .describe('Whose policy; the default one without, and for tenants without their own')

export const askedInput = z.strictObject({
  text: text.describe('As it came in'),
  language: language.optional(),
  source: z.enum(SOURCES).default('driver'),
  tenant: tenant.optional(),
})
export type AskedInput = z.output<typeof askedInput>

export const askedOutput = z.strictObject({
  text: text.describe('As the model has written it'),
  facts: z
    .json()
    .describe(
      'The data of the turn, any JSON: all that the text may state. today (yyyy-mm-dd) and now date it',
    ),
  timeZone: z
    .string()
    .max(64)
    .optional()
    .describe("The driver's, as in America/Sao_Paulo: times are told in it"),
  permissions: z.array(z.string().max(64)).max(100).describe('What the driver may see and do'),
  language: language.optional(),
  fallback: text.optional().describe('What goes out in its place if it may not'),
  tenant: tenant.optional(),
})
export type AskedOutput = z.output<typeof askedOutput>

export const batchOf = <Asked extends z.ZodType>(asked: Asked) =>
  z.strictObject({ checks: z.array(asked).min(1).max(CHECKS_MAX, `has more than ${CHECKS_MAX} entries`) })

export const verdict = z.object({
  action: z
    .enum(['allow', 'warn', 'block', 'replace'])
    .describe('replace: the fallback goes out in place of the text'),
  text: z
    .string()
    .describe('What may be handed on: the text with personal data masked, the fallback, or nothing'),
  findings: z.array(
    z.object({
      check: z.enum(CHECKS),
      kind: z.string().optional(),
      severity: z.enum(SEVERITIES),
      score: z.number().min(0).max(1),
      span: z
        .object({ start: z.int().min(0), end: z.int().min(0) })
        .describe('In UTF-16 units of the text as sent, the end not included'),
    }),
  ),
  tellDispatch: z.boolean(),
  store: z
    .enum(['nothing', 'text', 'hash'])
    .describe('What of the masked text may be kept with the record of this check'),
  message: z.string().optional().describe('For the driver, when what he has sent is warned of or blocked'),
  suspend: z
    .object({ after: z.int(), withinMs: z.int(), message: z.string() })
    .optional()
    .describe('It counts: who is blocked this often within this time is suspended, and told this'),
  policyVersion: z.string(),
})
export type Verdict = z.output<typeof verdict>

export const refusal = z.object({
  error: z.object({
    code: z.enum(['bad_request', 'unauthorized', 'not_found', 'too_large', 'internal']),
    message: z.string().describe('Every problem, by the name of the field'),
  }),
})
export type Refusal = z.output<typeof refusal>

export const verdicts = z.object({ verdicts: z.array(verdict).describe('In the order of the checks') })

export const askedPolicy = z.strictObject({ tenant: tenant.optional() })
export const policyInForce = z.object({
  policyVersion: z.string(),
  whenUnreachable: z
    .partialRecord(z.enum(CHECKS), z.enum(['minimum', 'block', 'allow']))
    .describe('What to do about a check while this service is out of reach'),
  suspend: z.object({ after: z.int(), withinMs: z.int() }).optional(),
})
export type PolicyInForce = z.output<typeof policyInForce>
