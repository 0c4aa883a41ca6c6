import type { Classify } from './classifier/classifiers.ts'
import type { Sighting } from './finding.ts'
import { lookAtInput } from './input/look-at-input.ts'
import { lookAtLanguage } from './input/look-at-language.ts'
import { normalize } from './input/normalize.ts'
import { checkOutput, type OutputSettings } from './output/check-output.ts'
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
      const looked = checkOutput({
        ...{ text, facts, permissions, language },
        settings: settingsOf(policy, timeZone),
        findPersonalData: (it) => [...findPersonalData(it, language === undefined ? {} : { language })],
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

const settings = new WeakMap<Policy, Map<string, OutputSettings>>()
/** Time zones are few. What a policy says of leaks is prepared once for each. */
const TIME_ZONES_MAX = 500

function settingsOf(policy: Policy, timeZone: string | undefined): OutputSettings {
  const known = settings.get(policy) ?? new Map<string, OutputSettings>()
  if (known.size > TIME_ZONES_MAX) known.clear()
  settings.set(policy, known)
  const found = known.get(timeZone ?? '') ?? {
    canaries: [...policy.leaks.canaries],
    forbidden: [...policy.leaks.forbidden],
    // Of a host with a star before it the rest of the name is what counts.
    allowedHosts: policy.allowedHosts.map((it) => it.replace(/^\*/, '')),
    timeZone,
  }
  known.set(timeZone ?? '', found)
  return found
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
