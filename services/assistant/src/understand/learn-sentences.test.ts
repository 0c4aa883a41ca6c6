import { expect, it } from '@jest/globals'
import { learnSentences } from './learn-sentences.ts'

const SENTENCES = [
  { say: 'where do I go next', label: 'next' },
  { say: 'what is my next stop', label: 'next' },
  { say: 'show me all my orders', label: 'orders' },
  { say: 'list the orders of today', label: 'orders' },
]

it('knows a sentence by its words, and with typing errors', () => {
  const guess = learnSentences(SENTENCES)
  expect(guess('next stop?')?.label).toBe('next')
  expect(guess('shwo al my oders')?.label).toBe('orders')
})

it('comes to the same guess from the same sentences', () => {
  const [one, other] = [learnSentences(SENTENCES), learnSentences(SENTENCES)]
  expect(one('what are my orders')).toEqual(other('what are my orders'))
})

it('has no guess about what it has never seen a part of, and less confidence in what it has seen little of', () => {
  const guess = learnSentences(SENTENCES)
  expect(guess('')).toBeUndefined()
  const [known, strange] = [guess('show me all my orders'), guess('xyzzy plugh all')]
  expect(strange?.confidence ?? 0).toBeLessThan(known?.confidence ?? 0)
})
