import { describe, expect, it } from '@jest/globals'
import { readStartOptions } from './start-options.ts'

describe('readStartOptions', () => {
  it('stays up and plays the example without options', () => {
    expect(readStartOptions([])).toEqual({
      isOnce: false,
      isFresh: false,
      withDemo: true,
      port: undefined,
      scale: {},
    })
  })

  it('takes scales repeated and with commas', () => {
    const args = [
      '--scale',
      'assistant=5',
      '--scale=sender=1,ingress=4',
      '--port',
      '8080',
      '--fresh',
      '--once',
    ]
    expect(readStartOptions(args)).toEqual({
      isOnce: true,
      isFresh: true,
      withDemo: true,
      port: 8080,
      scale: { assistant: 5, sender: 1, ingress: 4 },
    })
  })

  it.each([
    [['--twice'], /^Unknown option '--twice'\.\n\nnpm start -- \[options\]/],
    [['now'], /^Unexpected argument 'now'\.\n\nnpm start/],
    [['--scale'], /^Option '--scale <value>' argument missing\./],
    [['--scale', 'assistants=5'], /no such service, only sandbox, ingress/],
    [['--scale', 'assistant'], /^--scale assistant: give a number from 1 to 50, as in assistant=3\.$/],
    [['--scale', 'assistant=0'], /from 1 to 50/],
    [['--scale', 'sandbox=2'], /one outside world/],
    [['--port', 'http'], /^--port http: give a number from 1 to 65535\.$/],
    [['--once', '--no-demo'], /^--once waits for the conversation/],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => readStartOptions(args)).toThrow(message)
  })
})
