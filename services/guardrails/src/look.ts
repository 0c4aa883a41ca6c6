import type { Classify } from './classifier/classifiers.ts'
import type { Sighting } from './finding.ts'
import { lookAtInput } from './input/look-at-input.ts'
import { normalize } from './input/normalize.ts'
import { findPersonalData } from './personal-data/find-personal-data.ts'
import { matchRules } from './policy/match-rules.ts'
import type { Policy } from './policy/policy.ts'
import type { AskedInput, AskedOutput } from './routes/contract.ts'

export type Look = {
  input: (asked: AskedInput, policy: Policy) => Sighting[]
  /** `text`: without what tracks, and what the driver may not see. */
  output: (asked: AskedOutput, policy: Policy) => { sightings: Sighting[]; text: string }
}

export function createLook(classify: Classify): Look {
  return {
    input({ text, source, language }, policy) {
      const { lengthMax } = policy
      const seen = [
        ...lookAtInput(text, source, classify),
        ...findPersonalData(text, language === undefined ? {} : { language }),
        ...(text.length > lengthMax
          ? [{ check: 'length' as const, score: 1, span: { start: lengthMax, end: text.length } }]
          : []),
      ]
      return ruled(seen, text, language, policy)
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
