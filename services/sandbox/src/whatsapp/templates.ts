import { z } from 'zod'
import { GraphError } from './graph-error.ts'
import type { OutboundRequest } from './outbound-schema.ts'
import templateFile from './templates.json' with { type: 'json' }

const templateSchema = z.looseObject({
  name: z
    .string()
    .regex(/^[a-z0-9_]{1,512}$/, 'Template names are lower case letters, digits and underscores'),
  language: z.string().min(2),
  category: z
    .string()
    .transform((category) => category.toUpperCase())
    .pipe(z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION'])),
  components: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
})
export const templateStatusSchema = z.enum(['APPROVED', 'PAUSED', 'DISABLED', 'REJECTED'])
type TemplateStatus = z.output<typeof templateStatusSchema>
type Template = z.output<typeof templateSchema> & { id: string; status: TemplateStatus }
type TemplateRequest = Extract<OutboundRequest, { type: 'template' }>['template']

const TEMPLATES_MAX = 250
export type Templates = ReturnType<typeof createTemplates>

/** Templates of the business account: those of templates.json, and what is created at run time. */
export function createTemplates() {
  let templates = seed()

  return {
    list: (name?: string) => templates.filter((template) => name === undefined || template.name === name),

    /** Every template is approved at once; Meta's answer to the creation is PENDING all the same. */
    create(body: unknown): Template {
      const parsed = templateSchema.safeParse(body)
      if (!parsed.success) {
        const [issue] = parsed.error.issues
        throw new GraphError(100, `${issue?.path.join('.')}: ${issue?.message}`)
      }
      const { name, language } = parsed.data
      if (templates.length >= TEMPLATES_MAX)
        throw new GraphError(100, 'The account has as many templates as it may.')
      if (templates.some((it) => it.name === name && it.language === language)) {
        throw new GraphError(100, 'There is already content in this language for this template.')
      }
      const template = identified(parsed.data, templates.length)
      templates = [...templates, template]
      return template
    },

    /** What Meta decides about a template. `undefined`: there is no such one. */
    setStatus(name: string, language: string, status: TemplateStatus): Template | undefined {
      templates = templates.map((it) =>
        it.name === name && it.language === language ? { ...it, status } : it,
      )
      return templates.find((it) => it.name === name && it.language === language)
    },

    /** The text that the person reads. Throws 132000, 132001, 132015 or 132016. */
    render(request: TemplateRequest): string {
      const template = templates.find(
        (it) => it.name === request.name && it.language === request.language.code,
      )
      if (!template || template.status === 'REJECTED') {
        throw new GraphError(
          132001,
          `template name (${request.name}) does not exist in ${request.language.code}`,
        )
      }
      if (template.status === 'PAUSED') throw new GraphError(132015)
      if (template.status === 'DISABLED') throw new GraphError(132016)
      const body = textOf(template.components, 'body')
      const given = request.components?.find(({ type }) => type.toLowerCase() === 'body')?.parameters ?? []
      const expected = new Set(body.match(/\{\{\s*\w+\s*\}\}/g)).size
      if (given.length !== expected) {
        throw new GraphError(
          132000,
          `body: number of localizable_params (${given.length}) does not match the expected number of params (${expected})`,
        )
      }
      let next = 0
      return body.replace(/\{\{\s*\w+\s*\}\}/g, () => parameterText(given[next++]))
    },

    reset() {
      templates = seed()
    },
  }
}

function seed(): Template[] {
  return templateFile.map((template, index) => identified(templateSchema.parse(template), index))
}

function identified(template: z.output<typeof templateSchema>, index: number): Template {
  return { ...template, id: String(1_192_339_204_654_000 + index), status: 'APPROVED' }
}

function textOf(components: Template['components'], type: string): string {
  return components.find((component) => component.type.toLowerCase() === type)?.text ?? ''
}

function parameterText(parameter: Record<string, unknown> | undefined): string {
  const { text, currency, date_time: dateTime } = parameter ?? {}
  for (const value of [text, fallbackOf(currency), fallbackOf(dateTime)]) {
    if (typeof value === 'string') return value
  }
  return ''
}

function fallbackOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'fallback_value' in value
    ? value.fallback_value
    : undefined
}
