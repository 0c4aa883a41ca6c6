import { RE2JS } from 're2js'
import { z } from 'zod'
import { CHECKS } from '../finding.ts'
import { JUDGED } from '../judge/opinion.ts'
import { durationMs } from './duration.ts'

/** Where a text that comes in is from. */
export const SOURCES = ['driver', 'order_note', 'caption', 'transcript', 'tool_result', 'file_name'] as const

/** From the mildest to the worst. */
export const SEVERITIES = ['log', 'warn', 'block', 'block_and_tell'] as const

const RULES_MAX = 200
const PHRASES_MAX = 1_000

const score = z.number().min(0).max(1)
const severity = z.enum(SEVERITIES)
const name = written(/^[a-z][a-z0-9_]{0,63}$/, 'small letters, digits and _, a letter first, 64 at most')
const language = written(/^[a-z]{2,3}$/, 'a language as in ISO 639: en, pt, es')
const host = written(
  /^(\*\.)?([a-z0-9-]{1,63}\.){1,8}[a-z]{2,63}$/,
  'a host in small letters without scheme, port and path: example.com, or *.example.com for every host below it',
)
const duration = z
  .string()
  .refine((it) => durationMs(it) > 0, 'allowed: a duration as in ISO 8601: PT30M, PT1H, P1D')
  .transform(durationMs)

const ladder = z
  .union([severity, z.array(section({ from: score.default(0), severity })).min(1)])
  .transform((given) => (typeof given === 'string' ? [{ from: 0, severity: given }] : given))
  .superRefine((steps, context) => {
    for (const [index, { from }] of steps.entries()) {
      const before = steps[index - 1]?.from ?? -1
      const message = `allowed: a score above ${before}, where the step before begins`
      if (from <= before) context.addIssue({ code: 'custom', path: [index, 'from'], message })
    }
  })

const level = { enabled: z.boolean(), threshold: score }
const override = section({
  enabled: level.enabled.optional(),
  threshold: level.threshold.optional(),
  severity: ladder.optional(),
})

function check<const Place extends string>(places: readonly Place[]) {
  return {
    enabled: level.enabled.default(true),
    threshold: level.threshold.default(0.5),
    severity: ladder,
    sources: z.partialRecord(z.enum(places), override, { error: naming(places) }).default({}),
    when_unreachable: z.enum(['minimum', 'block', 'allow']).default('minimum'),
  }
}
const incoming = check(SOURCES)
const outgoing = check(['model'])
const both = check([...SOURCES, 'model'])

const checks = section({
  injection: section(incoming).transform(resolved),
  scope: section(incoming).transform(resolved),
  nsfw: section(both).transform(resolved),
  pii: section(both).transform(resolved),
  secret: section(both).transform(resolved),
  length: section({ ...both, max: z.int().min(1).max(65_536) }).transform(resolved),
  language: section({ ...both, allowed: z.array(language).default([]) }).transform(resolved),
  pattern: section(both).transform(resolved),
  grounding: section(outgoing).transform(resolved),
  url: section({ ...outgoing, allowed_hosts: z.array(host).max(RULES_MAX).default([]) }).transform(resolved),
  leak: section({
    ...outgoing,
    canaries: z.array(z.string().min(6).max(200)).max(RULES_MAX).default([]),
    forbidden: z.array(z.string().min(3).max(2_000)).max(RULES_MAX).default([]),
  }).transform(resolved),
  limits: section(outgoing).transform(resolved),
})

const expression = z
  .string()
  .min(1)
  .max(1_000)
  .superRefine((source, context) => {
    try {
      if (!RE2JS.compile(source).matcher('').find()) return
      context.addIssue({
        code: 'custom',
        message: 'matches the empty text; allowed: what needs a character at least',
      })
    } catch (error) {
      const what = error instanceof Error ? error.message : 'not a regular expression'
      context.addIssue({
        code: 'custom',
        message: `${what}; allowed: https://github.com/google/re2/wiki/Syntax`,
      })
    }
  })

const languages = z.array(language).default([])
const phrase = written(/^(?=.*[\p{L}\p{N}]).{1,100}$/u, 'a word or several, 100 characters at most')
const phrases = z.record(language, z.array(phrase).min(1).max(PHRASES_MAX))

const message = z.string().trim().min(1).max(1_000)
const words = section({ warn: message, block: message, suspended: message })

const band = section({ from: score, until: score }).refine(({ from, until }) => from < until, {
  message: 'allowed: until above from',
  path: ['until'],
})
const bands = z
  .partialRecord(z.enum(JUDGED), band, { error: naming(JUDGED) })
  .refine((it) => Object.keys(it).length > 0, { message: `allowed: one of ${JUDGED.join(', ')} at least` })
const model = written(
  /^[a-z0-9][\w.-]*\/[\w.:-]{1,100}$/i,
  'a model as OpenRouter names it: openai/gpt-5-nano',
)

export const policySchema = section({
  version: z.literal(1),
  checks,
  patterns: section({
    deny: rules(section({ name, pattern: expression, severity, languages })),
    allow: rules(section({ name, pattern: expression, checks: z.array(z.enum(CHECKS)).min(1), languages })),
  }).prefault({}),
  topics: section({
    deny: rules(section({ name, severity, words: phrases })),
    allow: rules(section({ name, words: phrases })),
  }).prefault({}),
  judge: section({ model, checks: bands }).optional(),
  suspend: section({ after: z.int().min(1).max(1_000), within: duration }).optional(),
  store_texts: z.enum(['never', 'findings', 'all']).default('findings'),
  store_hashed: z.boolean().default(false),
  // With these three there is always one to fall back on.
  messages: z
    .object({ en: words, pt: words, es: words })
    .catchall(words)
    .superRefine((messages, context) => {
      for (const key of Object.keys(messages)) {
        const { error } = language.safeParse(key)
        if (error)
          context.addIssue({ code: 'invalid_key', origin: 'record', issues: error.issues, path: [key] })
      }
    }),
})

type Level = { enabled: boolean; threshold: number; severity: z.output<typeof ladder> }
type Given = Level & {
  sources: Partial<Record<string, z.output<typeof override>>>
  when_unreachable: 'minimum' | 'block' | 'allow'
}

/** With the whole level of every place that differs. */
function resolved<Check extends Given>({ sources, when_unreachable, ...check }: Check) {
  const { enabled, threshold, severity } = check
  const levels: Record<string, Level> = {}
  for (const [place, own = {}] of Object.entries(sources)) {
    levels[place] = {
      enabled: own.enabled ?? enabled,
      threshold: own.threshold ?? threshold,
      severity: own.severity ?? severity,
    }
  }
  return { ...check, sources: levels, whenUnreachable: when_unreachable }
}

function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, { error: naming(Object.keys(shape)) })
}

/** Tells those who write an unknown key which ones are known. */
function naming(keys: readonly string[]) {
  return ({ code }: { code?: string | undefined }) =>
    code === 'unrecognized_keys' ? `allowed: ${keys.join(', ')}` : undefined
}

function written(form: RegExp, allowed: string) {
  return z.string().regex(form, `allowed: ${allowed}`)
}

function rules<Rule extends z.ZodType<{ name: string }>>(rule: Rule) {
  return z
    .array(rule)
    .max(RULES_MAX)
    .superRefine((given, context) => {
      const names = given.map((it) => it.name)
      for (const [index, it] of names.entries()) {
        const message = 'allowed: a name that no other of these has'
        if (names.indexOf(it) < index) context.addIssue({ code: 'custom', path: [index, 'name'], message })
      }
    })
    .default([])
}
