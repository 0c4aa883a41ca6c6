import { expect, it } from '@jest/globals'
import { type Guess, learnSentences } from './learn-sentences.ts'

const SENTENCES = [
  { say: 'where do I go next', label: 'next' },
  { say: 'what is my next stop', label: 'next' },
  { say: 'show me all my orders', label: 'orders' },
  { say: 'list the orders of today', label: 'orders' },
]

const best = (guess: Guess | undefined) =>
  [...(guess ?? [])].sort(([, one], [, other]) => other - one)[0] ?? []

it('knows a sentence by its words, and with typing errors', () => {
  const guess = learnSentences(SENTENCES)
  expect(best(guess('next stop?'))[0]).toBe('next')
  expect(best(guess('shwo al my oders'))[0]).toBe('orders')
})

it('comes to the same guess from the same sentences', () => {
  const [one, other] = [learnSentences(SENTENCES), learnSentences(SENTENCES)]
  expect(one('what are my orders')).toEqual(other('what are my orders'))
})

it('has no guess about what it has never seen a part of, and less confidence in what it has seen little of', () => {
  const guess = learnSentences(SENTENCES)
  expect(guess('')).toBeUndefined()
  const [known, strange] = ['show me all my orders', 'xyzzy plugh all'].map(
    (text) => best(guess(text))[1] ?? 0,
  )
  expect(strange).toBeLessThan(known ?? 0)
})
