import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(`${CHECKOUT}/${path}`, 'utf8')

const rules = z
  .array(z.strictObject({ id: z.string(), rule: z.string(), sources: z.array(z.string()).min(1) }))
  .parse(parse(read('tests/users.yaml')))

const TESTS = [
  '{services,packages}/*/{src,test}/**/*.test.ts',
  'tests/**/*.test.ts',
  'tests/e2e/conversations/*.yaml',
]
/** The title of a test, or the name of a conversation, with the rule that it stands for. */
const NAMED = /^\s*(?:it\(|it\.each|\]\)\(|name:|'|").*\(users: ([a-z-]+)\)/gm
const tested = new Set(
  globSync(TESTS, { cwd: CHECKOUT })
    .filter((path) => !path.includes('node_modules'))
    .flatMap((path) => [...read(path).matchAll(NAMED)].map(([, id]) => id)),
)
/** A row of the table in docs/quality.md: `| id | why not |`. */
const explained = new Set(
  [...read('docs/quality.md').matchAll(/^\| users: ([a-z-]+) \| .{40,} \|$/gm)].map(([, id]) => id),
)

describe('what users ask for', () => {
  it.each(rules)('$id has a test that names it, or a reason in docs/quality.md why not', ({ id }) => {
    expect([tested.has(id), explained.has(id)].filter(Boolean)).toHaveLength(1)
  })

  it('is not named by tests or reasons that stand for no rule', () => {
    const known = new Set<string | undefined>(rules.map(({ id }) => id))
    expect([...tested, ...explained].filter((id) => !known.has(id))).toEqual([])
  })
})
