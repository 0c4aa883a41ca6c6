import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'

const SOURCE = ['--conditions=@waybill/source', '--disable-warning=ExperimentalWarning']

/** The logger writes to the stdout of its process. */
function logged(code: string): Record<string, unknown>[] {
  const module = JSON.stringify(new URL('./logger.ts', import.meta.url).href)
  const script = `
    const { createLogger } = await import(${module})
    const log = createLogger({ service: 'sender', instance: 'sender-1', level: 'info', hashKey: 'key', isHashKeyGiven: true })
    ${code}`
  const { stdout } = spawnSync(process.execPath, [...SOURCE, '--input-type=module', '--eval', script], {
    encoding: 'utf8',
    cwd: new URL('..', import.meta.url),
  })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('a log line', () => {
  it('says who wrote it, how bad it is in a word, and when', () => {
    const [line] = logged(`log.debug('hidden'); log.warn({ orderId: '12345' }, 'late')`)
    expect(line).toMatchObject({
      service: 'sender',
      instance: 'sender-1',
      level: 'warn',
      orderId: '12345',
      msg: 'late',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    })
  })

  it.each([
    [`{ phone: '15550100001' }`],
    [`{ message: { from: '15550100001', text: { body: 'canary' } } }`],
    [`{ request: { headers: { authorization: 'Bearer canary' } } }`],
    [`{ config: { accessToken: 'canary' } }`],
    [`{ conversationId: '106540352242922:15550100001', wamid: 'wamid.HBgLMTU1NTAxMDAwMDEcanary' }`],
    [`{ err: Object.assign(new Error('x'), { detail: 'Key (phone)=(15550100001)', response: 'canary' }) }`],
    [`{ reason: 'nobody has 15550100001' }`],
    [`{ err: new Error('no uuid: "15550100001"', { cause: new Error('15550100001') }) }`],
  ])('S18: holds no phone number, text or secret: %s', (fields) => {
    const lines = logged(`log.error(${fields}, 'x')`)
    expect(lines).toHaveLength(1)
    expect(JSON.stringify(lines)).not.toMatch(/15550100001|canary/)
  })

  it('S18: gives a conversation a name by which only who has the key can find it', () => {
    const [line] = logged(`log.warn({ conversationId: '42:15550100001' }, 'x')`)
    const name = createHmac('sha256', 'key').update('42:15550100001').digest('hex').slice(0, 8)
    expect(line).toMatchObject({ conversationId: name })
  })

  it('says that names are of this process when it was given no key', () => {
    const [, note] = logged(
      `log.info('x'); createLogger({ service: 'a', instance: 'b', level: 'info', hashKey: 'c', isHashKeyGiven: false })`,
    )
    expect(note).toMatchObject({ level: 'info', msg: expect.stringMatching(/^LOG_HASH_KEY is not set/) })
  })

  it('has the correlation id of what is being worked on', () => {
    const [line] = logged(`
      const { continueFrom } = await import('@waybill/tracing')
      await continueFrom({ correlationId: 'request-1' }, async () => log.info('within'))`)
    expect(line).toMatchObject({ correlationId: 'request-1', msg: 'within' })
  })

  it('keeps the message, the code and the cause of an error', () => {
    const error = `Object.assign(new Error('no answer', { cause: new Error('reset') }), { code: 'ECONNRESET' })`
    const [line] = logged(`log.error({ err: ${error} }, 'x')`)
    expect(line).toMatchObject({ err: { type: 'Error', message: 'no answer: reset', code: 'ECONNRESET' } })
  })
})
