import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { openSandbox, type TestSandbox } from '../../test/open-sandbox.ts'

const NOON_IN_NEW_YORK = Date.parse('2026-11-23T17:00:00Z')

describe('the order system', () => {
  let sandbox: TestSandbox
  const clock = { ms: NOON_IN_NEW_YORK }
  beforeAll(async () => {
    sandbox = await openSandbox({ now: () => clock.ms })
  })
  afterEach(() => {
    clock.ms = NOON_IN_NEW_YORK
    sandbox.world.reset()
  })
  afterAll(() => sandbox[Symbol.asyncDispose]())

  const get = (path: string) => sandbox.orders('GET', path)
  const post = (path: string, body: unknown, key?: string) =>
    sandbox.orders('POST', path, body, key === undefined ? {} : { 'idempotency-key': key })
  const writes = async () => (await sandbox.control('GET', '/orders/log')).json.writes

  it.each([undefined, '2026-11-23', '2027-07-04'])('has the day of the example on %s', async (date) => {
    const { json } = await get(`/drivers/driver-johan/orders/today${date ? `?date=${date}` : ''}`)
    const day = date ?? '2026-11-23'
    const offset = day === '2027-07-04' ? '-04:00' : '-05:00'
    expect(json).toMatchObject({
      driver_id: 'driver-johan',
      date: day,
      time_zone: 'America/New_York',
      version: 1,
      orders: [
        {
          id: '12345',
          ref: '#12345',
          customer: { name: 'Tech Corp Inc' },
          address: { line: '123 Main St, Suite 400' },
          window: { start: `${day}T12:00:00${offset}`, end: `${day}T13:00:00${offset}` },
          status: 'assigned',
          sequence: 1,
        },
        {
          ref: '#12346',
          customer: { name: 'Westside Restaurant' },
          address: { line: '456 Oak Ave' },
          window: { start: `${day}T14:30:00${offset}` },
        },
        {
          ref: '#12347',
          customer: { name: 'Airport Terminal B' },
          address: { line: 'Terminal B, Gate 5' },
          window: { start: `${day}T16:00:00${offset}` },
        },
      ],
    })
    expect(json.orders).toHaveLength(3)
  })

  it('plans tomorrow under other numbers, and the same whenever it is asked', async () => {
    const tomorrow = await get('/drivers/driver-johan/orders/today?date=2026-11-24')
    expect(tomorrow.json.orders.map(({ id }: { id: string }) => id)).toEqual(['12348', '12349'])
    const lucia = await get('/drivers/driver-lucia/orders/today')
    expect(lucia.json.orders).toHaveLength(12)
    expect((await get('/drivers/driver-lucia/orders/today')).json.orders).toEqual(lucia.json.orders)
    expect((await get('/drivers/driver-aisha/orders/today')).json.orders).toEqual([])
    expect((await get('/drivers/driver-aisha/orders/next')).json.order).toBeNull()
  })

  it('counts the day by the clock of the driver', async () => {
    clock.ms = Date.parse('2026-11-24T02:00:00Z')
    expect((await get('/drivers/driver-johan/orders/today')).json.date).toBe('2026-11-23')
    expect((await get('/drivers/driver-lucia/orders/today')).json.date).toBe('2026-11-24')
  })

  it('keeps a confirmation once, however often it comes with its key', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        post('/drivers/driver-johan/orders/confirm', { order_ref: '#12346' }, 'key-1'),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(answers.map(({ json }) => json)).toEqual(Array(5).fill(answers[0]?.json))
    expect(answers[0]?.json).toMatchObject({
      order: { id: '12346', status: 'confirmed' },
      already_confirmed: false,
    })
    expect(await writes()).toMatchObject([
      { driverId: 'driver-johan', action: 'confirm', idempotencyKey: 'key-1', body: { order_ref: '#12346' } },
    ])
    const { json } = await get('/drivers/driver-johan/orders/today')
    expect([json.version, json.orders[1].status]).toEqual([2, 'confirmed'])
  })

  it('refuses a key that comes with another request', async () => {
    await post('/drivers/driver-johan/orders/confirm', { order_ref: '12345' }, 'key-2')
    const { status, json } = await post(
      '/drivers/driver-johan/orders/confirm',
      { order_ref: '12346' },
      'key-2',
    )
    expect([status, json.error.code]).toEqual([422, 'idempotency_key_reused'])
  })

  it('gives nobody the order of another', async () => {
    const { status, json } = await get('/drivers/driver-maria/orders/12345')
    expect([status, json]).toEqual([404, { error: { code: 'order_not_found', message: expect.any(String) } }])
    expect((await post('/drivers/driver-maria/orders/confirm', { order_ref: '12345' })).status).toBe(404)
    expect((await get('/drivers/nobody/orders/today')).json.error.code).toBe('driver_not_found')
    expect(await writes()).toEqual([])
  })

  it('moves on when a stop is done, and does not open it again', async () => {
    expect((await get('/drivers/driver-johan/orders/next')).json.order.id).toBe('12345')
    const done = await post('/drivers/driver-johan/orders/12345/status', {
      status: 'delivered',
      note: 'left at the desk',
    })
    expect(done.json.order).toMatchObject({ status: 'delivered', notes: 'left at the desk' })
    expect((await get('/drivers/driver-johan/orders/next')).json.order.id).toBe('12346')
    const again = await post('/drivers/driver-johan/orders/confirm', { order_ref: '12345' })
    expect([again.status, again.json.error.code]).toEqual([409, 'order_closed'])
  })

  it('knows why a delivery failed, where one was left, and who is late', async () => {
    const report = (id: string, body: unknown) => post(`/drivers/driver-johan/orders/${id}/status`, body)
    const failed = { status: 'failed', reason: 'closed', note: 'nobody home' }
    expect((await report('12345', failed)).json.order).toMatchObject({ status: 'failed', report: failed })
    expect((await report('12345', { status: 'delivered' })).json.error.code).toBe('order_closed')
    const late = { status: 'running_late', minutes_late: 20 }
    expect((await report('12346', late)).json.order).toMatchObject({ status: 'assigned', report: late })
    const left = { status: 'delivered', place: 'at the door', with: 'Maria' }
    expect((await report('12346', left)).json.order).toMatchObject({ status: 'delivered', report: left })
    expect((await report('12347', { status: 'failed', reason: 'tired' })).status).toBe(400)
    expect((await report('12346', late)).status).toBe(409)
  })

  it('takes the last word about a route', async () => {
    const path = '/drivers/driver-johan/routes/2026-11-23'
    const declined = (await post(`${path}/decline`, { reason: 'sick' })).json.route
    expect(declined).toMatchObject({ status: 'declined', reason: 'sick' })
    expect((await post(`${path}/accept`, {})).json.route).toMatchObject({ status: 'accepted' })
    expect((await post('/drivers/driver-maria/routes/2026-11-23/decline', {})).status).toBe(400)
    const { json } = await get('/drivers/assignments/today?date=2026-11-23')
    const johan = json.assignments.find((it: { driver_id: string }) => it.driver_id === 'driver-johan')
    expect(johan).toMatchObject({ driver_name: 'Johan', order_count: 3, route: { status: 'accepted' } })
  })

  it('wants the token and a real date', async () => {
    const { status, json } = await sandbox.call('GET', '/orders/drivers/driver-johan/orders/today')
    expect([status, json.error.code]).toEqual([401, 'unauthorized'])
    expect((await get('/drivers/driver-johan/orders/today?date=tomorrow')).status).toBe(400)
  })

  it('keeps what dispatchers are told', async () => {
    const notice = {
      driver_id: 'driver-johan',
      driver_name: 'Johan',
      action: 'declined',
      reason: 'sick',
      priority: 'high',
    }
    expect((await sandbox.call('POST', '/dispatch/webhook', notice)).status).toBe(200)
    expect((await sandbox.call('POST', '/dispatch/webhook', {})).status).toBe(400)
    expect((await sandbox.control('GET', '/dispatch')).json.notices).toMatchObject([{ body: notice }])
  })
})
