import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { featuresOf, PLACES } from './features.ts'
import { probabilityOf, type Weights } from './linear-model.ts'
import { type Senses, sensePlacesOf, sensesReader } from './senses.ts'
import { countTerms, wordsIn } from './terms.ts'

const weightsSchema = z
  .object({ scale: z.number(), bias: z.number(), values: z.base64() })
  .transform(({ values, ...numbers }): Weights => {
    const bytes = Buffer.from(values, 'base64')
    return { ...numbers, values: new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length) }
  })
  .refine(({ values }) => values.length === PLACES, `a model needs ${PLACES} weights`)
const modelSchema = z.object({
  terms: z.array(z.string()),
  senses: z.record(z.string(), z.array(z.string())),
  weights: z.object({ injection: weightsSchema, nsfw: weightsSchema, scope: weightsSchema }),
})

export type Model = {
  terms: readonly string[]
  senses: Senses
  weights: Readonly<Record<'injection' | 'nsfw' | 'scope', Weights>>
}

/** How likely a normalised text is an attack, abuse, or nothing that belongs to deliveries; and how many rude words it has. */
export type Likelihoods = { injection: number; nsfw: number; scope: number; rudeWords: number }
export type Classify = (normalized: string) => Likelihoods

/** What `npm run guardrails:train` has written. */
export const MODEL_FILE = new URL('../../model/classifiers.json', import.meta.url)

/** Throws when the file is no model of this version. */
export function loadClassifiers(file: URL = MODEL_FILE): Classify {
  return classifiersOf(modelSchema.parse(JSON.parse(readFileSync(file, 'utf8'))))
}

export function classifiersOf({ terms, senses, weights }: Model): Classify {
  const known = new Set(terms)
  const readSenses = sensesReader(senses)
  return (normalized) => {
    const words = wordsIn(normalized)
    const count = countTerms(words, known)
    const places = featuresOf(normalized, count)
    const said = readSenses(words)
    return {
      injection: probabilityOf(weights.injection, places),
      nsfw: probabilityOf(weights.nsfw, places, sensePlacesOf(said)),
      scope: probabilityOf(weights.scope, places),
      rudeWords: Math.max(count, said.filter((it) => it.includes('swear')).length),
    }
  }
}
