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
    const env = { INSTANCE: 'ingress-1', AMQP_URL: 'amqp://localhost', COLOUR: 'red', RETRIES: '', PORT: '0' }
    expect(parseEnv(schema, env)).toEqual({
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
})
