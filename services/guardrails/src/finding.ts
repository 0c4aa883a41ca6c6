/** Everything that is looked for. */
export const CHECKS = [
  // In both directions.
  ...(['pii', 'secret', 'length', 'language', 'nsfw', 'pattern'] as const),
  // In what comes in.
  ...(['injection', 'scope'] as const),
  // In what goes out.
  ...(['grounding', 'url', 'leak', 'limits'] as const),
] as const
export type Check = (typeof CHECKS)[number]

/** Offsets in UTF-16 units of the text as it was sent, the end not included. */
export type Span = { start: number; end: number }

/** Something that a check has seen, whatever is done about it. */
export type Sighting = {
  check: Check
  /** From 0 to 1: how sure. */
  score: number
  span: Span
  /** What it is in particular: `credit_card`, `role_play`. Never a piece of the text. */
  kind?: string
}
