import type { Classify } from './classifier/classifiers.ts'
import type { Sighting } from './finding.ts'
import { lookAtInput } from './input/look-at-input.ts'
import { lookAtLanguage } from './input/look-at-language.ts'
import { normalize } from './input/normalize.ts'
import { checkOutput } from './output/check-output.ts'
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
        ...lookAtLanguage(text, policy.languages),
        ...findPersonalData(text, language === undefined ? {} : { language }),
        ...(text.length > lengthMax
          ? [{ check: 'length' as const, score: 1, span: { start: lengthMax, end: text.length } }]
          : []),
      ]
      return ruled(seen, text, language, policy)
    },
    output({ text, facts, permissions, language, timeZone }, policy) {
      const { leaks } = policy
      // Of a host with a star before it the rest of the name is what counts.
      const allowedHosts = policy.allowedHosts.map((it) => it.replace(/^\*/, ''))
      const settings = { leaks, allowedHosts }
      const looked = checkOutput({
        ...{ text, facts, permissions, language, timeZone, settings },
        findPersonalData: (it) => findPersonalData(it, language === undefined ? {} : { language }),
      })
      const { nsfw, rudeWords } = classify(normalize(text).text)
      const abuse: Sighting[] =
        rudeWords > 0
          ? [{ check: 'nsfw', kind: 'learned', score: nsfw, span: { start: 0, end: text.length } }]
          : []
      return { sightings: ruled([...looked.sightings, ...abuse], text, language, policy), text: looked.text }
    },
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
