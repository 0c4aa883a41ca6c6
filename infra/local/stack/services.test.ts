import { expect, it } from '@jest/globals'
import { upstreamsConf } from './nginx.ts'
import { serviceVariables } from './services.ts'

it('gives a service only what it reads', () => {
  const all = { AMQP_URL: 'amqp://a', DATABASE_URL: 'postgres://b', WHATSAPP_VERIFY_TOKEN: 'c' }
  expect(serviceVariables('ingress', all)).toEqual({ AMQP_URL: 'amqp://a', WHATSAPP_VERIFY_TOKEN: 'c' })
})

it('tells NGINX every ingress', () => {
  expect(upstreamsConf([4001, 4002])).toBe(
    'server 127.0.0.1:4001 max_fails=10 fail_timeout=1s;\nserver 127.0.0.1:4002 max_fails=10 fail_timeout=1s;\n',
  )
})
