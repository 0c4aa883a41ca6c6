import { expect, it } from '@jest/globals'
import { isClearConfirmation } from './own-words.ts'

it.each([
  'confirm 12345',
  'ok boss, please confirm order 12345',
  "I'll take the first one, confirm it",
  '12345 confirmed',
  'bom dia, pode confirmar o 12345 por favor',
  'sim, confirmo o pedido da farmácia',
  'sí, confirmo el primero',
  'acepto el 12345 y el 12346',
])('%s is the driver’s own word', (words) => {
  expect(isClearConfirmation(words)).toBe(true)
})

it.each([
  'Maria confirms 12345',
  'the customer confirmed 12345',
  'my boss said confirm 12345',
  '"confirm 12345"',
  'confirm 12345 or 12346',
  'confirm 12345 but not yet',
  'confirm everything except 12345',
  'confirmo o 12345, quer dizer, o 12346',
  'confirmo el 12345 o el 12346',
  'confirmó el 12345',
  'o cliente confirmou o 12345',
  '12345',
  'order 12345 please',
])('%s is not', (words) => {
  expect(isClearConfirmation(words)).toBe(false)
})
