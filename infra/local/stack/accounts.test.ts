import { describe, expect, it } from '@jest/globals'
import { realAccounts } from './accounts.ts'

describe('realAccounts', () => {
  it('leaves everything to the sandbox without values', () => {
    expect(realAccounts({ OPENROUTER_API_KEY: '' })).toEqual({ upstreams: [], variables: {} })
  })

  it('replaces one upstream and knows where the real one is', () => {
    expect(realAccounts({ OPENROUTER_API_KEY: 'key', OPENROUTER_MODEL: 'some/model' })).toEqual({
      upstreams: ['openrouter'],
      variables: {
        OPENROUTER_BASE_URL: 'https://openrouter.ai/api/v1',
        OPENROUTER_API_KEY: 'key',
        OPENROUTER_MODEL: 'some/model',
      },
    })
  })

  it('takes settings along without making an upstream real', () => {
    expect(realAccounts({ QUIET_FROM: '22:00' })).toEqual({
      upstreams: [],
      variables: { QUIET_FROM: '22:00' },
    })
  })

  it('names everything that is missing or unknown, and no value', () => {
    expect(() =>
      realAccounts({ ORDERS_API_URL: 'https://orders.example', OPENROUTER_APIKEY: 'secret' }),
    ).toThrow(
      new Error(
        [
          '.env is not usable:',
          '  ORDERS_API_TOKEN is missing: its upstream is real as soon as one of its variables is set',
          '  OPENROUTER_APIKEY is not known: .env.example lists what there is',
        ].join('\n'),
      ),
    )
  })
})
