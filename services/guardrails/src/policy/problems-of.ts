import type { z } from 'zod'

type Issue = z.core.$ZodIssue
export type Problem = {
  path: PropertyKey[]
  /** The key itself is wrong, not what stands under it. */
  isKey: boolean
  /** What is wrong, and what is allowed. */
  sentence: string
}

const KINDS: Readonly<Record<string, string>> = {
  ...{ string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false' },
  ...{ array: 'a list', object: 'keys with values', record: 'keys with values', tuple: 'a list' },
}
const SHOWN_MAX = 60

/** In sentences for people who write policies. `content` is what was checked. */
export function problemsOf(issues: readonly Issue[], content: unknown): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const { path } = issue
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key],
        isKey: true,
        sentence: `there is no such field; ${issue.message}`,
      }))
    }
    if (issue.code === 'invalid_union') {
      return problemsOf(
        closest(issue.errors).map((it) => ({ ...it, path: [...path, ...it.path] })),
        content,
      )
    }
    if (issue.code === 'invalid_key') {
      const [why] = issue.issues
      return [{ path, isKey: true, sentence: `the name is not allowed; ${why ? allowedBy(why) : ''}` }]
    }
    const given = valueAt(content, path)
    const wrong = given === undefined ? 'is missing' : `${shown(given)} is not allowed`
    return [{ path, isKey: false, sentence: `${wrong}; ${allowedBy(issue)}` }]
  })
}

/** Of several forms the one that was meant: whose problems lie deepest. */
function closest(forms: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]) => Math.max(...issues.map(({ path }) => path.length))
  return forms.toSorted((a, b) => depth(b) - depth(a))[0] ?? []
}

function allowedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `allowed: ${issue.values.join(', ')}`
    case 'invalid_type':
      return `allowed: ${KINDS[issue.expected] ?? issue.expected}`
    case 'too_small':
      return `allowed: ${issue.minimum} at least${unitOf(issue.origin)}`
    case 'too_big':
      return `allowed: ${issue.maximum} at most${unitOf(issue.origin)}`
    default:
      return issue.message
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ', in characters'
  return origin === 'array' ? ', in entries' : ''
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  let value = content
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = new Map<PropertyKey, unknown>(Object.entries(value)).get(String(key))
  }
  return value
}

function shown(value: unknown): string {
  const json = JSON.stringify(value)
  return json.length > SHOWN_MAX ? `${json.slice(0, SHOWN_MAX)}…` : json
}
