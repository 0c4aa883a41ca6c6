import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { JOHAN, openSandbox, PHONE_NUMBER_ID, type TestSandbox, until } from '../../test/open-sandbox.ts'

describe('faults', () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openSandbox()
  })
  afterEach(() => sandbox.world.reset())
  afterAll(() => sandbox[Symbol.asyncDispose]())

  const break_ = (upstream: string, plan: unknown) => sandbox.control('PUT', `/faults/${upstream}`, plan)
  const today = () => sandbox.orders('GET', '/drivers/driver-johan/orders/today')
  const shown = async () => (await sandbox.control('GET', `/drivers/${JOHAN}/messages`)).json.messages
  async function send() {
    await sandbox.control('POST', `/drivers/${JOHAN}/messages`, { text: 'hi' })
    const message = { messaging_product: 'whatsapp', to: JOHAN, text: { body: 'hello' } }
    return sandbox.graph('POST', `/${PHONE_NUMBER_ID}/messages`, message)
  }

  it('of one upstream leave the others alone', async () => {
    await break_('orders', { down: true })
    await expect(today()).rejects.toThrow('fetch failed')
    expect((await send()).status).toBe(200)
    await break_('orders', {})
    expect((await today()).status).toBe(200)
  })

  it('answer with the planned errors in turn, in the shape of the upstream', async () => {
    await break_('orders', {
      errors: [
        { status: 429, headers: { 'retry-after': '2' } },
        { status: 200, body: { error: { code: 502 } } },
      ],
    })
    const first = await today()
    expect([first.status, first.headers.get('retry-after'), first.json.error.code]).toEqual([
      429,
      '2',
      'internal',
    ])
    expect((await today()).json).toEqual({ error: { code: 502 } })
    await break_('whatsapp', { errors: [{ status: 400, code: 131056, message: 'pair rate' }] })
    expect((await send()).json.error).toMatchObject({
      code: 131056,
      message: 'pair rate',
      type: 'OAuthException',
    })
  })

  it('can accept and then fail: what was asked has happened', async () => {
    await break_('whatsapp', { acceptThenFail: true })
    expect((await send()).status).toBe(500)
    expect(await shown()).toHaveLength(2)
    await break_('whatsapp', { acceptThenReset: true })
    await expect(send()).rejects.toThrow('fetch failed')
    expect(await shown()).toHaveLength(4)
  })

  it('can break the JSON of a 200', async () => {
    await break_('orders', { malformed: true })
    const { status, text, json } = await today()
    expect([status, json]).toEqual([200, undefined])
    expect(text).toMatch(/^\{"driver_id"/)
  })

  it('can leave a call without an answer until the reset', async () => {
    await break_('orders', { hangRate: 1 })
    const hanging = today().then(
      () => 'answered',
      () => 'cut off',
    )
    await until('the hanging call', async () => {
      const { json } = await sandbox.control('GET', '/stats')
      return json.orders.calls['orders.today']?.hang === 1
    })
    await sandbox.control('POST', '/reset')
    await expect(hanging).resolves.toBe('cut off')
  })

  it('may be for some operations and some calls only', async () => {
    await break_('orders', { errors: [{ status: 503 }], only: ['orders.next'], times: 1 })
    const next = () => sandbox.orders('GET', '/drivers/driver-johan/orders/next')
    expect((await today()).status).toBe(200)
    expect((await next()).status).toBe(503)
    expect((await next()).status).toBe(200)
  })

  it('delay, and are counted', async () => {
    await break_('orders', { latencyMs: 40 })
    const startedAt = performance.now()
    await today()
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(38)
    await break_('orders', { errorRate: 1 })
    await today()
    const { json } = await sandbox.control('GET', '/stats')
    expect(json.orders.calls).toEqual({ 'orders.today': { 200: 1, '500 error': 1 } })
  })

  it('that nobody knows are refused with what to send', async () => {
    const { status, json } = await break_('orders', { erorRate: 1 })
    expect(status).toBe(400)
    expect(json.error).toContain('erorRate')
    expect((await break_('weather', {})).json.error).toContain('openrouter')
  })
})
