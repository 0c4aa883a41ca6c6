import type { Classify } from './classifier/classifiers.ts'
import type { Sighting } from './finding.ts'
import { lookAtInput } from './input/look-at-input.ts'
import { normalize } from './input/normalize.ts'
import { matchRules } from './policy/match-rules.ts'
import type { Policy } from './policy/policy.ts'
import type { AskedInput, AskedOutput } from './routes/contract.ts'

/** What was seen in a text, and the text as it may be handed on: personal data and secrets masked. */
export type Looked = { sightings: Sighting[]; text: string }

export type Look = {
  input: (asked: AskedInput, policy: Policy) => Looked | Promise<Looked>
  output: (asked: AskedOutput, policy: Policy) => Looked | Promise<Looked>
}

export function createLook(classify: Classify): Look {
  return {
    input({ text, source, language }, policy) {
      const { lengthMax } = policy
      const seen = [
        ...lookAtInput(text, source, classify),
        ...(text.length > lengthMax
          ? [{ check: 'length' as const, score: 1, span: { start: lengthMax, end: text.length } }]
          : []),
      ]
      return { sightings: ruled(seen, text, language, policy), text }
    },
    output: ({ text, language }, policy) => ({ sightings: ruled([], text, language, policy), text }),
  }
}

function ruled(
  seen: readonly Sighting[],
  text: string,
  language: string | undefined,
  policy: Policy,
): Sighting[] {
  const { text: plain, spanOf } = normalize(text)
  return matchRules(seen, { text, normalised: { text: plain, spanOf }, language }, policy)
}
