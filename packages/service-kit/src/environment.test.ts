import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { parseEnv, serviceEnv } from './environment.ts'

const schema = z.object({
  ...serviceEnv,
  AMQP_URL: z.url({ protocol: /^amqps?$/ }),
  COLOUR: z.enum(['red', 'blue']),
  RETRIES: z.coerce.number().int().default(3),
})

describe('parseEnv', () => {
  it('fills in what has a default; an empty value counts as unset', () => {
    const env = {
      PROFILE: 'sandbox',
      INSTANCE: 'ingress-1',
      AMQP_URL: 'amqp://localhost',
      COLOUR: 'red',
      RETRIES: '',
      PORT: '0',
    }
    expect(parseEnv(schema, env)).toEqual({
      PROFILE: 'sandbox',
      PLAINTEXT_HOSTS: [],
      INSTANCE: 'ingress-1',
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'info',
      OTEL_TRACES_SAMPLER: 'parentbased_always_on',
      OTEL_TRACES_SAMPLER_ARG: 1,
      AMQP_URL: 'amqp://localhost',
      COLOUR: 'red',
      RETRIES: 3,
    })
  })

  it('S17: reports all problems at once, by name and never with the value', () => {
    const env = { AMQP_URL: 'hunter2', PORT: '70000', LOG_LEVEL: 'loud' }
    const problems = () => parseEnv(schema, env)
    expect(problems).toThrow(/PORT: .*LOG_LEVEL: .*AMQP_URL: .*COLOUR: is required/s)
    expect(problems).not.toThrow(/hunter2|70000|loud/)
  })

  const secrets = z.object({ ...serviceEnv, SERVER_URL: z.url(), ACCESS_TOKEN: z.string().optional() })
  const own = 'f3a9c1d27b604e58'

  it.each([
    ['a token that stands in the repository', { ACCESS_TOKEN: 'sandbox-access-token' }, 'everybody can read'],
    ['a token of fewer than 16 characters', { ACCESS_TOKEN: own.slice(1) }, 'is shorter than 16'],
    ['the user guest', { SERVER_URL: `amqp://guest:${own}@broker` }, 'has the user guest'],
    ['no user, which RabbitMQ takes for guest', { SERVER_URL: 'amqps://broker' }, 'is empty'],
    ['a user without a password', { SERVER_URL: 'postgres://app@db/waybill' }, 'is empty'],
    ['a Redis that asks nobody', { SERVER_URL: 'redis://cache' }, 'is empty'],
    ['a password that stands there', { SERVER_URL: 'redis://:sandbox%2Donly@cache' }, 'everybody can read'],
    ['a short password', { SERVER_URL: 'smtp://waybill:short@mail' }, 'is shorter than 16'],
  ])('S17: refuses %s, but in the profile sandbox', (_what, env, problem) => {
    const all = { SERVER_URL: 'https://orders.example', ...env }
    expect(() => parseEnv(secrets, all)).toThrow(
      new RegExp(`${Object.keys(env)[0]}: .*${problem}.*PROFILE`, 's'),
    )
    expect(() => parseEnv(secrets, all)).not.toThrow(/sandbox-access|sandbox%2D|sandbox-only|short@/)
    expect(parseEnv(secrets, { ...all, PROFILE: 'sandbox' })).toMatchObject(all)
  })

  it('S17: takes secrets of one’s own, and a URL that needs none', () => {
    for (const url of [`amqps://ingress:${own}@broker`, `rediss://:${own}@cache`, 'https://orders.example'])
      expect(parseEnv(secrets, { SERVER_URL: url, ACCESS_TOKEN: own })).toMatchObject({
        PROFILE: 'production',
      })
  })

  const reach = (url: string, env = {}) =>
    parseEnv(z.object({ ...serviceEnv, A_URL: z.string() }), { A_URL: url, ...env })

  it.each([
    [`amqp://ingress:${own}@broker`, 'amqps://'],
    [`redis://:${own}@cache`, 'rediss://'],
    [`postgres://app:${own}@db/waybill`, 'sslmode=verify-full'],
    [`postgres://app:${own}@db/waybill?sslmode=require`, 'sslmode=verify-full'],
    [`postgresql://app:${own}@db/waybill?sslmode=verify-full&sslmode=disable`, 'sslmode=verify-full'],
    ['http://orders.example', 'https://'],
    ['https://orders.example,http://other.example', 'https://'],
    ['http://127.0.0.1.example', 'https://'],
    [`smtp://waybill:${own}@mail:587`, 'requireTLS=true'],
  ])('S22: refuses %s, but to a host that is named, and in the profile sandbox', (url, advice) => {
    expect(() => reach(url)).toThrow('A_URL: ')
    expect(() => reach(url)).toThrow(advice)
    const named = 'broker, cache,db,mail,orders.example,other.example,127.0.0.1.example'
    expect(reach(url, { PLAINTEXT_HOSTS: named })).toMatchObject({ A_URL: url })
    expect(() => reach(url, { PLAINTEXT_HOSTS: 'another' })).toThrow(advice)
    expect(reach(url, { PROFILE: 'sandbox' })).toMatchObject({ A_URL: url })
  })

  it.each([
    [`amqps://ingress:${own}@broker`],
    [`rediss://:${own}@cache`],
    [`postgres://app:${own}@db/waybill?sslmode=verify-full`],
    [`smtp://waybill:${own}@mail:587?requireTLS=true`],
    [`smtps://waybill:${own}@mail`],
    ['https://orders.example,https://other.example'],
    ['http://localhost:8080,http://127.0.0.2,http://[::1]:80'],
    ['lookaside.fbsbx.com'],
  ])('S22: takes %s', (url) => expect(reach(url)).toMatchObject({ A_URL: url }))

  it('S22: refuses to take any server for who it says it is', () => {
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    expect(() => reach('https://orders.example', env)).toThrow('NODE_TLS_REJECT_UNAUTHORIZED: ')
  })
})
