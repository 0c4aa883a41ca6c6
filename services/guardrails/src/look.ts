import type { Sighting } from './finding.ts'
import type { Policy } from './policy/policy.ts'
import type { AskedInput, AskedOutput } from './routes/contract.ts'

/** What was seen in a text, and the text as it may be handed on: personal data and secrets masked. */
export type Looked = { sightings: Sighting[]; text: string }

export type Look = {
  input: (asked: AskedInput, policy: Policy) => Looked | Promise<Looked>
  output: (asked: AskedOutput, policy: Policy) => Looked | Promise<Looked>
}

export const look: Look = {
  input: ({ text }) => ({ sightings: [], text }),
  output: ({ text }) => ({ sightings: [], text }),
}
