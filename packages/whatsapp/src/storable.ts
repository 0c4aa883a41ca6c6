const DEPTH_MAX = 64

/**
 * A copy of a JSON value that PostgreSQL can store: no NUL, no lone surrogates, in keys or in values. `undefined` for
 * one that is nested deeper than 64 levels, which nobody who means well sends.
 */
export function storable(value: unknown, depth = 0): unknown {
  if (depth > DEPTH_MAX) return undefined
  if (typeof value === 'string') return storableText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map((item) => storable(item, depth + 1))
    return items.includes(undefined) ? undefined : items
  }
  const entries = Object.entries(value).map(
    ([key, item]) => [storableText(key), storable(item, depth + 1)] as const,
  )
  // fromEntries defines own properties: a key named __proto__ is just a key.
  return entries.some(([, item]) => item === undefined) ? undefined : Object.fromEntries(entries)
}

export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}
