import type { Model } from '../src/classifier/classifiers.ts'
import type { Weights } from '../src/classifier/linear-model.ts'
import { sensesReader } from '../src/classifier/senses.ts'
import { corpusFor } from './corpora.ts'
import { type Example, examplesOf, fit, quantize } from './fit.ts'
import { readSenses, readTerms, type Sentence, type Task } from './sentences.ts'

/** Our own sentences are too much alike to leave them all out at once. */
const OWN_FOLDS = 5

/**
 * Everything that training makes, the same bytes every time. `without`: a source that must not be learnt from, to measure
 * on it.
 */
export function train(without?: string): Model {
  const clean = corpusFor('nsfw').filter(
    ({ isPositive, source, group }) => !isPositive && source !== without && group !== 'rough',
  )
  const terms = readTerms(clean)
  const senses = readSenses(clean)
  const weightsOf = (task: Task) => {
    const sentences = corpusFor(task).filter(({ source }) => source !== without)
    const examples = examplesOf(sentences, terms, task === 'nsfw' ? sensesReader(senses) : undefined)
    return calibrated(examples, sentences)
  }
  const weights = { injection: weightsOf('injection'), nsfw: weightsOf('nsfw'), scope: weightsOf('scope') }
  return { terms: [...terms], senses, weights }
}

/** Weights whose probabilities hold for sources that were not learnt from: Platt's two numbers, from what each fold says of the others. */
function calibrated(examples: readonly Example[], sentences: readonly Sentence[]): Weights {
  const foldOf = (index: number) => {
    const source = sentences[index]?.source ?? ''
    return ['own', 'drivers'].includes(source) ? `${source} ${index % OWN_FOLDS}` : source
  }
  const folds = new Set(examples.map((_, index) => foldOf(index)))
  const points: { margin: number; isPositive: boolean; weight: number }[] = []
  for (const fold of folds) {
    const weights = quantize(fit(examples.filter((_, index) => foldOf(index) !== fold)))
    for (const [index, { kinds, isPositive, weight }] of examples.entries()) {
      if (foldOf(index) === fold) points.push({ margin: marginOf(weights, kinds), isPositive, weight })
    }
  }
  const { slope, offset } = platt(points)
  const { values, scale, bias } = quantize(fit(examples))
  return { values, scale: scale * slope, bias: bias * slope + offset }
}

function marginOf({ values, scale, bias }: Weights, kinds: readonly Uint32Array[]): number {
  let margin = bias
  for (const places of kinds) {
    let sum = 0
    for (const place of places) sum += values[place] ?? 0
    margin += (scale * sum) / Math.sqrt(Math.max(places.length, 1))
  }
  return margin
}

const PLATT_STEPS = 2_000
const PLATT_RATE = 0.05

/** Platt, Probabilistic Outputs for Support Vector Machines, 1999; by plain gradient descent. */
function platt(points: readonly { margin: number; isPositive: boolean; weight: number }[]) {
  let [slope, offset] = [1, 0]
  const total = points.reduce((sum, { weight }) => sum + weight, 0)
  for (let step = 0; step < PLATT_STEPS; step += 1) {
    let [bySlope, byOffset] = [0, 0]
    for (const { margin, isPositive, weight } of points) {
      const error = (1 / (1 + Math.exp(-(slope * margin + offset))) - (isPositive ? 1 : 0)) * weight
      bySlope += error * margin
      byOffset += error
    }
    slope -= (PLATT_RATE * bySlope) / total
    offset -= (PLATT_RATE * byOffset) / total
  }
  return { slope, offset }
}
