import { expect, it } from '@jest/globals'
import { TOOLS } from '../tools/catalogue.ts'
import { createRules } from './classify-by-rules.ts'
import { EXAMPLES } from './examples.ts'

const classifyByRules = createRules(EXAMPLES, TOOLS)

const ask = (name: string, args: Record<string, string> = {}) => ({ do: 'tool', name, args })

it.each([
  ['What are my orders today?', ask('get_orders')],
  ['show me my route', ask('get_orders')],
  ['Quais são meus pedidos de hoje?', ask('get_orders')],
  ['minhas entregas', ask('get_orders')],
  ['¿Cuáles son mis pedidos de hoy?', ask('get_orders')],
  ['que entregas tengo', ask('get_orders')],
  ['orders for tomorrow', ask('get_orders', { day: 'tomorrow' })],
  ['pedidos de amanhã', ask('get_orders', { day: 'tomorrow' })],
  ['what is my next stop', ask('get_next_order')],
  ['qual é a próxima parada?', ask('get_next_order')],
  ['cuál es la siguiente', ask('get_next_order')],
  ['details of order 2', ask('get_order_details', { order_ref: '2' })],
  ['detalhes do pedido 12346', ask('get_order_details', { order_ref: '12346' })],
  ['dirección del segundo', ask('get_order_details', { order_ref: '2' })],
  ['address of westside', ask('get_order_details', { order_ref: 'westside' })],
  ['order 12346', ask('get_order_details', { order_ref: '12346' })],
  ['confirm order 12345', ask('confirm_order', { order_ref: '12345' })],
  ['confirmar pedido 2', ask('confirm_order', { order_ref: '2' })],
  ['confirmo el primero', ask('confirm_order', { order_ref: '1' })],
  ['confirm tech corp', ask('confirm_order', { order_ref: 'tech corp' })],
  ['I confirm', ask('confirm_order')],
  ['I accept the route', ask('accept_route')],
  ['aceito a rota de hoje', ask('accept_route')],
  ['accept order 12345', ask('confirm_order', { order_ref: '12345' })],
  ["I can't work today, my son is ill", ask('decline_route')],
  ['no puedo trabajar hoy', ask('decline_route')],
  ['help me', ask('help')],
  ['preciso de ajuda', ask('help')],
  ['tell me a joke', ask('small_talk', { kind: 'joke' })],
  ['asdf', undefined],
  ['', undefined],
])('%s', (text, expected) => {
  expect(classifyByRules(text)).toEqual(expected)
})
