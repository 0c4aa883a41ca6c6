/** JSON that PostgreSQL takes: with neither NUL nor half a surrogate pair, in keys or in values, wherever it is from. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value)
  return /\\u0000|\\ud[89a-f]/.test(json) ? JSON.stringify(value, replaceUnstorable) : json
}

function replaceUnstorable(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), item]))
}

const storableText = (text: string) => text.replaceAll('\0', '\uFFFD').toWellFormed()
