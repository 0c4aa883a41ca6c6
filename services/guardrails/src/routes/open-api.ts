import { z } from 'zod'
import { refusal } from './contract.ts'

export type Described = {
  method: 'get' | 'post'
  path: string
  what: string
  /** The body of a post, the query of a get. */
  asked: z.ZodType
  answered: z.ZodType
}

/** https://spec.openapis.org/oas/v3.1.1, whose schemas are JSON Schema as zod writes it. */
export function openApi(routes: readonly Described[], { needsToken }: { needsToken: boolean }) {
  const paths = routes.map(({ method, path, what, asked, answered }) => {
    const schema = z.toJSONSchema(asked, { io: 'input' })
    const given =
      method === 'post'
        ? { requestBody: { required: true, ...json(schema) } }
        : {
            parameters: Object.entries(schema.properties ?? {}).map(([name, its]) => ({
              ...{ name, in: 'query', required: schema.required?.includes(name) ?? false, schema: its },
            })),
          }
    const responses = {
      200: { description: 'OK', ...json(z.toJSONSchema(answered)) },
      default: { description: 'It was not checked', ...json(z.toJSONSchema(refusal)) },
    }
    return [path, { [method]: { summary: what, ...given, responses } }]
  })
  return {
    openapi: '3.1.1',
    info: { title: 'Waybill guardrails', version: '1' },
    paths: Object.fromEntries(paths),
    ...(needsToken && {
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    }),
  }
}

const json = (schema: object) => ({ content: { 'application/json': { schema } } })
