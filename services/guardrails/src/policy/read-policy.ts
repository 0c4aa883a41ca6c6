import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { types } from 'node:util'
import { type Document, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { type Policy, toPolicy } from './policy.ts'
import { policySchema } from './policy-schema.ts'
import { type Problem, problemsOf } from './problems-of.ts'

export const DEFAULT_POLICY = 'default'

/** `acme` of `acme.policy.yaml`, `default` of `policy.yaml`; nothing of what is no policy. */
export function policyName(fileName: string): string | undefined {
  const found = /^(?:([^.].*)\.)?policy\.yaml$/.exec(basename(fileName))
  return found ? (found[1] ?? DEFAULT_POLICY) : undefined
}

/**
 * A policy from YAML. Throws one error for everything that is wrong with it, a line each: file, line and column, the
 * path of the field, what it says and what it may say.
 */
export function readPolicy(text: string, fileName: string): Policy {
  try {
    return read(text, fileName)
  } catch (error) {
    // Whoever reads YAML calls himself for each level.
    if (!types.isNativeError(error) || error.name !== 'RangeError') throw error
    throw new Error(`${fileName}:1:1: the file is nested too deeply to be read`, { cause: error })
  }
}

function read(text: string, fileName: string): Policy {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number, sentence: string) => {
    const { line, col } = lines.linePos(offset)
    return { line, col, sentence }
  }
  const problems = [...document.errors, ...document.warnings].map(({ code, pos: [offset], message }) =>
    at(offset, code === 'DUPLICATE_KEY' ? `${keyAt(text, offset)}: stands twice; allowed: once` : message),
  )
  // What can't be read as a whole has no fields to look at; a key that stands twice has.
  let isReadable = document.errors.every(({ code }) => code === 'DUPLICATE_KEY')
  visit(document, {
    Alias(_key, { source, range }) {
      isReadable = false
      problems.push(
        at(range?.[0] ?? 0, `*${source}: is an alias; allowed: a text that begins with * in quotes`),
      )
    },
  })
  const content: unknown = isReadable ? document.toJS() : undefined
  const parsed = policySchema.safeParse(content)
  if (isReadable && parsed.error) {
    for (const problem of problemsOf(parsed.error.issues, content)) {
      problems.push(
        at(offsetOf(document, problem), `${problem.path.join('.') || 'the file'}: ${problem.sentence}`),
      )
    }
  }
  if (problems.length > 0 || !parsed.data) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.col - b.col)
    throw new Error(
      sorted.map(({ line, col, sentence }) => `${fileName}:${line}:${col}: ${sentence}`).join('\n'),
    )
  }
  const name = policyName(fileName) ?? DEFAULT_POLICY
  return toPolicy(parsed.data, { name, version: `${name}@${fingerprint(content)}` })
}

const keyAt = (text: string, offset: number) => /^[^\s:]+/.exec(text.slice(offset))?.[0] ?? 'a key'

/** Of the value, or of the key where the key is what is wrong; of what it should be in where there is none. */
function offsetOf(document: Document, { path, isKey }: Pick<Problem, 'path' | 'isKey'>): number {
  const parent = document.getIn(path.slice(0, -1), true)
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)))
    : undefined
  const node = isKey ? pair?.key : document.getIn(path, true)
  const found = isNode(node) ? node : pair?.key
  if (isNode(found)) return found.range[0]
  return path.length === 0 ? 0 : offsetOf(document, { path: path.slice(0, -1), isKey: true })
}

function isNode(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
}

function fingerprint(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content, sorted)).digest('hex').slice(0, 12)
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
