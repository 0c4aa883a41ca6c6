import fc from 'fast-check'

const PIECES = [
  '\0',
  '\uD800',
  '\uDC00',
  '\uFFFF',
  '\u202E',
  '\u200B',
  '\u200D',
  '\uFEFF',
  '\u0301',
  '\u00AD',
  '\r\n',
  '\t',
  '🚚',
  '👩‍👩‍👧',
  'İ',
  'ß',
  'ﷺ',
  '٣',
  '１２',
  'Ω',
  '𝟙',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; DROP TABLE drivers; --",
  '../../etc/passwd',
  '%00',
  '%zz',
  '$' + '{7*7}',
  '{{7*7}}',
  '\\',
  '"',
  '`',
  '\\u0000',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'true',
  '[object Object]',
  '0000-00-00',
  '2026-02-30T25:61:61Z',
  '+275760-09-13T00:00:00.000Z',
  '-271821-04-20',
  '1e999',
  'NaN',
  '-0',
  '09:00',
  '## ',
  '- ',
  '* ',
  '&a ',
  '*a',
  '!!js/function ',
  '<<: ',
  '---\n',
  '[',
  '](',
  '{',
  ': ',
  '| ',
  '> ',
  '~',
]
const NUMBERS = [
  0,
  -0,
  -1,
  0.1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  5e-324,
  1e300,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 63,
  8.64e15,
  8.64e15 + 1,
  -8.64e15,
]
const DEPTH = 3_000

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((it) => it.join('')),
  fc.tuple(fc.constantFrom(...PIECES), fc.nat(2_000)).map(([piece, times]) => piece.repeat(times)),
)
const number = fc.oneof(fc.constantFrom(...NUMBERS), fc.double(), fc.integer())
const leaf = fc.oneof(text, number, fc.boolean(), fc.constant(null), fc.constant([]), fc.constant({}))
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie('tree')), { maxLength: 4 }).map((it) => Object.fromEntries(it)),
  ),
}))
const deep = fc.constant(null).map(() => {
  let value: unknown = 'deep'
  for (let depth = 0; depth < DEPTH; depth += 1) value = depth % 2 ? [value] : { value }
  return value
})
const json = fc.oneof({ weight: 20, arbitrary: tree }, { weight: 1, arbitrary: deep })

/** What nobody means well with: texts, numbers and values of JSON (with numbers that JSON does not have). */
export const hostile = { text, number, json, variantOf }

/** A value that is almost right: one to three places of it have something else, nothing, or the same twice. */
function variantOf(sample: unknown): fc.Arbitrary<unknown> {
  const change = fc.tuple(fc.nat(), fc.oneof(json, fc.constant(REMOVE)))
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce((value, [place, put]) => replaced(value, place, put), sample))
}

const REMOVE = Symbol('remove')

/** Counts the places of a value in the order of the document, and puts something else into one of them. */
function replaced(sample: unknown, place: number, put: unknown): unknown {
  let left = place % Math.max(1, placesOf(sample))
  const walk = (value: unknown): unknown => {
    if (left-- === 0) return put
    if (typeof value !== 'object' || value === null || left < 0) return value
    if (Array.isArray(value)) return value.map(walk).filter((it) => it !== REMOVE)
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, item]) => [key, walk(item)] as const)
        .filter(([, item]) => item !== REMOVE),
    )
  }
  const result = walk(sample)
  return result === REMOVE ? undefined : result
}

const PLACES_DEPTH_MAX = 20

function placesOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > PLACES_DEPTH_MAX) return 1
  return Object.values(value).reduce<number>((sum, item) => sum + placesOf(item, depth + 1), 1)
}

/** Whether PostgreSQL takes it as JSON: no NUL and no half of a character, in keys or in values. */
export function isStorable(value: unknown): boolean {
  return !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(JSON.stringify(value) ?? 'null')
}

/** What some work comes to: a value, or the error that it throws. Throws what is thrown and is no error. */
export function outcomeOf<Value>(work: () => Value): { value?: Value; error?: Error } {
  try {
    return { value: work() }
  } catch (error) {
    if (error instanceof Error) return { error }
    throw error
  }
}
