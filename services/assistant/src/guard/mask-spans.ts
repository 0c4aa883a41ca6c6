import type { PersonalSpan } from './minimum.ts'

/** A text without what is personal in it. `restore` puts it back, in any words that name it. */
export type MaskedText = { text: string; restore: (text: string) => string }

/** The same value has the same mark: `[credit card 1]`. Of spans that overlap the first one counts. */
export function maskSpans(text: string, found: readonly PersonalSpan[]): MaskedText {
  const marks = new Map<string, string>()
  const counts = new Map<string, number>()
  let masked = ''
  let at = 0
  for (const { kind, span } of found.toSorted((a, b) => a.span.start - b.span.start)) {
    if (span.start < at || span.end <= span.start) continue
    const value = text.slice(span.start, span.end)
    let mark = marks.get(value)
    if (mark === undefined) {
      const place = (counts.get(kind) ?? 0) + 1
      counts.set(kind, place)
      mark = `[${kind.replaceAll('_', ' ')} ${place}]`
      marks.set(value, mark)
    }
    masked += text.slice(at, span.start) + mark
    at = span.end
  }
  return {
    text: masked + text.slice(at),
    restore: (other) => {
      let restored = other
      for (const [value, mark] of marks) restored = restored.replaceAll(mark, () => value)
      return restored
    },
  }
}
