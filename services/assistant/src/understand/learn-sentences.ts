import { normalize } from './normalize.ts'

/** What a sentence may be, and how likely: the shares of all labels are 1 together. */
export type Guess = ReadonlyMap<string, number>
type Sentence = { say: string; label: string }
type Feature = { number: number; weight: number }

// Looked up once: where tests run modules in contexts of their own, each look costs more than what it finds.
const { exp, sqrt } = Math

const PASSES = 20
const RATE = 0.3
const FORGOTTEN_PER_STEP = 1e-4
const PART_LENGTHS = [3, 4]
/** Parts of words say less than words. */
const PART_WEIGHT = 0.5

/**
 * Learns to tell sentences apart by their words, by pairs of them and by parts of words, so that a typing error costs
 * little. Softmax regression with steps by AdaGrad: the same sentences give the same outcome.
 */
export function learnSentences(sentences: readonly Sentence[]): (text: string) => Guess | undefined {
  const labels = [...new Set(sentences.map(({ label }) => label))]
  const numbers = new Map<string, number>()
  const lessons = sentences.map(({ say, label }) => {
    const features = [...featuresOf(say)].map(([feature, weight]): Feature => {
      const number = numbers.get(feature) ?? numbers.size
      numbers.set(feature, number)
      return { number, weight }
    })
    return { features, label: labels.indexOf(label) }
  })
  const weights = trained(lessons, { labels: labels.length, features: numbers.size })
  return (text) => {
    if (normalize(text) === '') return undefined
    const features = [...featuresOf(text)].flatMap(([feature, weight]) => {
      const number = numbers.get(feature)
      return number === undefined ? [] : [{ number, weight }]
    })
    if (features.length === 0) return undefined
    const shares = sharesOf(features, weights, labels.length)
    return new Map(labels.map((label, at) => [label, shares[at] ?? 0]))
  }
}

function trained(
  lessons: readonly { features: Feature[]; label: number }[],
  size: { labels: number; features: number },
): Float64Array {
  const weights = new Float64Array(size.features * size.labels)
  const squares = new Float64Array(weights.length).fill(1e-8)
  const counts = Array.from(
    { length: size.labels },
    (_, label) => lessons.filter((it) => it.label === label).length,
  )
  const errors = new Float64Array(size.labels)
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (const { features, label } of lessons) {
      const shares = sharesOf(features, weights, size.labels)
      // A file with few sentences counts for more than their number, but not for as much as a long one.
      const balance = sqrt(lessons.length / size.labels / (counts[label] ?? 1))
      for (let at = 0; at < size.labels; at += 1) {
        errors[at] = ((shares[at] ?? 0) - (at === label ? 1 : 0)) * balance
      }
      for (const { number, weight } of features) {
        const first = number * size.labels
        for (let at = 0; at < size.labels; at += 1) {
          const index = first + at
          const known = weights[index] ?? 0
          const gradient = (errors[at] ?? 0) * weight + FORGOTTEN_PER_STEP * known
          const square = (squares[index] ?? 0) + gradient * gradient
          squares[index] = square
          weights[index] = known - (RATE * gradient) / sqrt(square)
        }
      }
    }
  }
  return weights
}

function sharesOf(features: readonly Feature[], weights: Float64Array, labels: number): number[] {
  const scores = new Array<number>(labels).fill(0)
  for (const { number, weight } of features) {
    for (let at = 0; at < labels; at += 1) {
      scores[at] = (scores[at] ?? 0) + (weights[number * labels + at] ?? 0) * weight
    }
  }
  const highest = Math.max(...scores)
  const powers = scores.map((score) => exp(score - highest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

/** What a sentence is known by, each with its weight, of length 1 together. Order numbers are all the same, and so are "isn't" and "isnt". */
function featuresOf(text: string): Map<string, number> {
  const words = ['^', ...maskNumbers(normalize(text)).split(' ').filter(Boolean), '$']
  const features = new Map<string, number>()
  const add = (feature: string, weight: number) =>
    features.set(feature, (features.get(feature) ?? 0) + weight)
  for (const [at, word] of words.entries()) {
    add(word, 1)
    const before = words[at - 1]
    if (before !== undefined) add(`${before} ${word}`, 1)
    const marked = `<${word}>`
    for (const length of PART_LENGTHS) {
      for (let start = 0; start + length <= marked.length; start += 1) {
        add(`…${marked.slice(start, start + length)}`, PART_WEIGHT)
      }
    }
  }
  const length = Math.hypot(...features.values())
  for (const [feature, weight] of features) features.set(feature, weight / length)
  return features
}

function maskNumbers(words: string): string {
  return words
    .replaceAll(/(?<=[a-z]) (?=(?:t|s|m|re|ll|ve|d)\b)/g, '')
    .replaceAll(/#?\b[a-z]{0,3}\d{3,}\b/g, 'ORDER')
    .replaceAll(/#?\b\d+\b/g, 'NUMBER')
}
