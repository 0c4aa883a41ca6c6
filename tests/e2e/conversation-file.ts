import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'

const texts = z
  .union([z.string(), z.array(z.string())])
  .transform((it) => (typeof it === 'string' ? [it] : it))

const expectation = {
  /** Each stands in what the phone shows. */
  shows: texts.optional(),
  /** None of these stands in it. */
  not: texts.optional(),
  /** The titles of buttons or list rows, each of them there. */
  buttons: z.array(z.string()).optional(),
  type: z.enum(['text', 'interactive', 'location', 'template']).optional(),
  /** Nothing is answered to this. */
  silent: z.literal(true).optional(),
}

const step = z.union([
  z.strictObject({ say: z.coerce.string(), late: z.number().int().optional(), ...expectation }),
  z.strictObject({ tap: z.coerce.string(), ...expectation }),
  z.strictObject({ react: z.string(), ...expectation }),
  z.strictObject({ quote: z.coerce.string(), say: z.coerce.string(), ...expectation }),
  z.strictObject({ send: z.looseObject({ type: z.string() }), ...expectation }),
  z.strictObject({ edit: z.coerce.string(), ...expectation }),
  z.strictObject({ delete: z.literal(true), ...expectation }),
  z.strictObject({ event: z.looseObject({ type: z.string() }), ...expectation }),
])
export type Step = z.output<typeof step>

const conversationSchema = z.strictObject({
  name: z.string(),
  driver: z.strictObject({
    name: z.string().default('Ana'),
    /** Of the driver file; `null`: unknown until the driver writes. */
    language: z.enum(['en', 'pt', 'es']).nullable().default('en'),
    orders: z.number().int().min(0).max(40).default(3),
    /** Whose customers and streets: Brazil, Mexico, or the United States. */
    timeZone: z.string().default('America/New_York'),
    status: z.enum(['active', 'inactive', 'suspended']).default('active'),
    permissions: z.array(z.string()).default(['customer-phone']),
    /** Nobody whom the company knows. */
    isStranger: z.boolean().default(false),
  }),
  steps: z.array(step).min(1),
  /** What the order system has been told by the end: these, in this order, and nothing else. */
  writes: z.array(z.looseObject({ action: z.string() })).default([]),
  /** What dispatchers have been told: these, in any order, and nothing else. */
  dispatch: z.array(z.looseObject({ action: z.string() })).default([]),
})
export type Conversation = z.output<typeof conversationSchema> & { file: string; line: number }

/** The conversations of a file, one YAML document each. Throws with file, line and field of everything that is wrong. */
export function readConversations(path: string): Conversation[] {
  const text = readFileSync(path, 'utf8')
  const file = basename(path)
  const problems: string[] = []
  const found = text.split(/^---\n/m).reduce<{ offset: number; parts: { offset: number; text: string }[] }>(
    ({ offset, parts }, part) => ({
      offset: offset + part.length + 4,
      parts: part.trim() === '' ? parts : [...parts, { offset, text: part }],
    }),
    { offset: 0, parts: [] },
  )
  const conversations = found.parts.flatMap(({ offset, text: part }) => {
    const first = text.slice(0, offset).split('\n').length
    const counter = new LineCounter()
    const document = parseDocument(part, { lineCounter: counter, uniqueKeys: true })
    for (const error of document.errors) problems.push(`${file}: ${error.message}`)
    const parsed = conversationSchema.safeParse(document.toJS())
    for (const { path: field, message } of parsed.error?.issues ?? []) {
      const line = first + lineOf(document, field, counter) - 1
      problems.push(`${file}:${line}, ${field.join('.')}: ${message}`)
    }
    return parsed.success ? [{ ...parsed.data, file, line: first }] : []
  })
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return conversations
}

function lineOf(document: Document, field: readonly PropertyKey[], counter: LineCounter): number {
  for (let length = field.length; length > 0; length--) {
    const node = document.getIn(field.slice(0, length), true)
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line
  }
  return 1
}
