import { expect, it } from '@jest/globals'
import { usersIn } from './import-broker.ts'

it('makes the users whom services are given', () => {
  const env = {
    AMQP_URL_INGRESS: 'amqp://door:a%2Fb@broker/',
    AMQP_URL_SENDER: 'amqps://sender:c@broker',
    AMQP_URL_X: '',
  }
  expect(usersIn(env)).toEqual({
    vhost: '/',
    users: new Map([
      ['ingress', { name: 'door', password: 'a/b' }],
      ['sender', { name: 'sender', password: 'c' }],
    ]),
  })
})

it('makes none without, nor in two virtual hosts at once', () => {
  expect(() => usersIn({})).toThrow('AMQP_URL_INGRESS')
  const env = { AMQP_URL_INGRESS: 'amqp://a:b@broker/one', AMQP_URL_SENDER: 'amqp://c:d@broker/two' }
  expect(() => usersIn(env)).toThrow('several virtual hosts')
})
