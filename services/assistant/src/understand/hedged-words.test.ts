import { expect, it } from '@jest/globals'
import { isHedged } from './hedged-words.ts'

it.each([
  "don't confirm 12345",
  "I can't confirm the second one",
  'do not confirm it',
  'did I confirm 12345?',
  'have I confirmed order 2',
  'should I confirm it',
  "I'll confirm if the gate is open",
  'maybe confirm 12345',
  'não confirmo o 12345',
  'nao quero confirmar',
  'já confirmei o pedido 2?',
  'confirmo se abrirem',
  'no confirmo el 12345',
  '¿confirmo el 12345?',
  'si me abren confirmo el 12345',
  'cancel the confirmation of 12345',
  'confirm 12345 later',
  'yeah right, confirm 12345',
  'confirm 12345 🙄',
  'kkkkk confirmo o 12345',
  'jajaja confirmo el 12345',
])('%s confirms nothing', (words) => {
  expect(isHedged(words)).toBe(true)
})

it.each([
  'confirm 12345',
  'please confirm order 12345',
  'I confirm the second one',
  'yes, confirm order 2',
  'sim, confirmo o pedido 12345',
  'sí, confirmo el pedido 12345',
  'confirma el tercero por favor',
  'pode confirmar o 12345',
  'I accept 12345',
])('%s is clear', (words) => {
  expect(isHedged(words)).toBe(false)
})
