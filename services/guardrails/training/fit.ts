import { featuresOf, PLACES } from '../src/classifier/features.ts'
import type { Weights } from '../src/classifier/linear-model.ts'
import { type ReadSenses, sensePlacesOf } from '../src/classifier/senses.ts'
import { countTerms, wordsIn } from '../src/classifier/terms.ts'
import { normalize } from '../src/input/normalize.ts'
import type { Sentence } from './sentences.ts'

export type Example = { kinds: readonly Uint32Array[]; isPositive: boolean; source: string; weight: number }

const EPOCHS = 12
const RATE = 0.5
const DECAY = 1e-5
/** Long texts say the same thing many times: what is classified at once is a piece of so many characters. */
export const PIECE_LENGTH = 400

/**
 * Deterministic: the same sentences in the same order give the same bytes. With `readSenses` what the words say is a
 * second kind of features.
 */
export function examplesOf(
  sentences: readonly Sentence[],
  terms: ReadonlySet<string>,
  readSenses?: ReadSenses,
): Example[] {
  const counts = new Map<string, number>()
  const keyOf = ({ source, isPositive }: Sentence) => `${source} ${isPositive}`
  for (const sentence of sentences) counts.set(keyOf(sentence), (counts.get(keyOf(sentence)) ?? 0) + 1)
  const total = { true: 0, false: 0 }
  // A source counts with the root of its size: a large one is not the world.
  const raw = sentences.map((it) => 1 / Math.sqrt(counts.get(keyOf(it)) ?? 1))
  for (const [index, it] of sentences.entries()) total[`${it.isPositive}`] += raw[index] ?? 0
  const kindsOf = (text: string) => {
    const kinds = [featuresOf(text, countTerms(wordsIn(text), terms))]
    if (readSenses) kinds.push(sensePlacesOf(readSenses(wordsIn(text))))
    return kinds.map((places) => Uint32Array.from(places))
  }
  return sentences.map((it, index) => ({
    kinds: kindsOf(normalize(it.text).text.slice(0, PIECE_LENGTH)),
    isPositive: it.isPositive,
    source: it.source,
    weight: ((raw[index] ?? 0) * sentences.length) / (2 * total[`${it.isPositive}`]),
  }))
}

/** Logistic regression by AdaGrad over the places, each text of length one by each kind of features. Unscaled. */
export function fit(examples: readonly Example[]): { values: Float64Array; bias: number } {
  // The value of a place and the sum of its squares side by side: of all that this takes, memory is the slowest.
  const pairs = new Float64Array(2 * PLACES).map((_, at) => (at % 2 ? 1e-3 : 0))
  let [bias, biasSquares] = [0, 1e-3]
  const order = Uint32Array.from(examples.keys())
  const random = randomOf(17)
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    shuffle(order, random)
    for (const index of order) {
      const example = examples[index]
      if (!example) continue
      const { kinds, isPositive, weight } = example
      let margin = bias
      for (const places of kinds) margin = marginWith(margin, pairs, places)
      const error = (1 / (1 + Math.exp(-margin)) - (isPositive ? 1 : 0)) * weight
      for (const places of kinds) learn(error, pairs, places)
      biasSquares += error * error
      bias -= (RATE * error) / Math.sqrt(biasSquares)
    }
  }
  return { values: pairs.filter((_, at) => at % 2 === 0), bias }
}

function marginWith(margin: number, pairs: Float64Array, places: Uint32Array): number {
  const size = sizeOf(places)
  let sum = margin
  for (let at = 0; at < places.length; at += 1) sum += (pairs[2 * (places[at] ?? 0)] ?? 0) * size
  return sum
}

function learn(error: number, pairs: Float64Array, places: Uint32Array): void {
  const size = sizeOf(places)
  for (let at = 0; at < places.length; at += 1) {
    const place = 2 * (places[at] ?? 0)
    const value = pairs[place] ?? 0
    const gradient = error * size + DECAY * value
    const square = (pairs[place + 1] ?? 0) + gradient * gradient
    pairs[place + 1] = square
    pairs[place] = value - (RATE * gradient) / Math.sqrt(square)
  }
}

const sizeOf = (places: Uint32Array) => 1 / Math.sqrt(Math.max(places.length, 1))

/** As small whole numbers: 127 is the largest. */
export function quantize({ values, bias }: { values: Float64Array; bias: number }): Weights {
  let largest = 0
  for (const value of values) largest = Math.max(largest, Math.abs(value))
  // A few places with much weight would leave nothing of the others.
  const sorted = values
    .map(Math.abs)
    .filter((it) => it > 0)
    .sort()
  const top = Math.max(sorted[Math.floor(sorted.length * 0.9995)] ?? largest, 1e-9)
  const scale = top / 127
  return {
    values: Int8Array.from(values, (it) => Math.max(-127, Math.min(127, Math.round(it / scale)))),
    scale,
    bias,
  }
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    const kept = order[last] ?? 0
    order[last] = order[other] ?? 0
    order[other] = kept
  }
}

/** Mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
