import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { orderCommandsReady } from '@waybill/contracts'
import { eventually } from '@waybill/test-kit'
import { type Bench, openBench, textOf, today } from './assistant-bench.ts'
import { johansDay, modelChoosing } from './fake-upstreams.ts'

let bench: Bench
let assistant: AsyncDisposable

beforeEach(async () => {
  bench = await openBench()
  assistant = await bench.start()
})
afterEach(async () => {
  await assistant[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
})

const tap = (id: string, sentAt = Date.now()) => ({
  kind: 'interactive',
  body: { interactive: { type: 'button_reply', button_reply: { id, title: 'x' } } },
  sentAt,
})
const later = (body: string) => ({ kind: 'text', body: { text: { body } }, sentAt: Date.now() + 1_000 })
async function reply(...message: Parameters<Bench['receive']>): Promise<string> {
  await bench.receive(...message)
  const last = (await bench.settled()).at(-1)
  return last ? textOf(last) : ''
}
const modelSays = (args: Record<string, string>, name = 'report_status') =>
  bench.model.answerWith(() => modelChoosing({ name, args }))
const rows = async (sql: string) => (await bench.pool.query(sql)).rows
const commands = () => rows('SELECT kind, payload, state FROM order_commands ORDER BY seq')
const notices = () => rows('SELECT kind, priority, state, text, reason FROM dispatch_notices ORDER BY seq')
const writes = () => bench.orders.asked.filter(({ method }) => method === 'POST')
async function undoTimeIsOver() {
  await bench.pool.query('UPDATE order_commands SET not_before = now()')
  await bench.pool.query('UPDATE lanes SET not_before = NULL')
  await bench.messaging.publish(orderCommandsReady, { driverId: 'driver-johan' })
}
const undoOf = (text: string) => /undo:[^"\\]+/.exec(text)?.[0] ?? ''

it('P6: a delivery is recorded with place and person, shown at once, and reaches the order system under one key', async () => {
  modelSays({ status: 'delivered', order_ref: '12346', with: 'Dana' })
  const text = await reply('delivered 12346 at the door with Dana')
  expect(text).toContain('✅ #12346 (Westside Restaurant) is delivered (\\"at the door\\"), with \\"Dana\\".')
  expect(await reply(tap(`details:12346:${today()}`))).toContain('Status: delivered')
  expect(writes()).toEqual([])
  await undoTimeIsOver()
  await eventually(async () => (await commands())[0]?.state === 'done', { what: 'the report to get through' })
  const [{ id }] = await rows('SELECT id FROM order_commands')
  expect(writes()).toMatchObject([
    {
      path: '/drivers/driver-johan/orders/12346/status',
      headers: { 'idempotency-key': id },
      body: { status: 'delivered', place: 'at the door', with: 'Dana', reported_at: expect.any(String) },
    },
  ])
  expect(await notices()).toEqual([])
})

it.each([
  ["I couldn't deliver 12346, nobody home", 'closed'],
  ['não consegui entregar o 12346, recusaram', 'refused'],
  ['no pude entregar el 12346, dirección equivocada', 'wrong_address'],
])('makes a problem of it, whatever the model reads into: %s', async (words, reason) => {
  modelSays({ status: 'delivered', order_ref: '12346' })
  await reply(words)
  expect(await commands()).toMatchObject([
    {
      kind: 'report-status',
      payload: { orderId: '12346', report: { status: 'problem', reason, note: words } },
    },
  ])
  expect(await notices()).toMatchObject([{ kind: 'problem', priority: 'high', reason: words }])
})

it.each(['delivered?', 'was 12346 delivered', 'is 12346 delivered?'])(
  'shows the order instead when it is a question: %s',
  async (words) => {
    modelSays({ status: 'delivered', order_ref: '12346' })
    expect(await reply(words)).toContain('Status: assigned')
    expect(await commands()).toEqual([])
  },
)

it.each(['I think 12346 is delivered 😂', 'delivered', "I'll mark 12346 delivered if they open"])(
  'asks before it records: %s',
  async (words) => {
    modelSays({ status: 'delivered', ...(words.includes('12346') ? { order_ref: '12346' } : {}) })
    expect(await reply(words)).toMatch(/Have you delivered #1234[56]/)
    expect(await commands()).toEqual([])
    await reply(later('yes'))
    expect(await commands()).toMatchObject([{ payload: { report: { status: 'delivered' } } }])
  },
)

it('undoes a report of which nobody has heard', async () => {
  modelSays({ status: 'problem', order_ref: '12346', reason: 'closed' })
  const undo = undoOf(await reply('12346 is closed'))
  expect(await reply(tap(undo))).toBe('↩️ Undone: nobody has heard of it, and #12346 is as it was.')
  expect([await commands(), await notices()]).toMatchObject([
    [{ state: 'withdrawn' }],
    [{ state: 'withdrawn' }],
  ])
  expect(await reply(tap(`details:12346:${today()}`))).toContain('Status: assigned')
})

it('asks why, with the reasons that the order system knows', async () => {
  modelSays({ status: 'problem', order_ref: '12346' })
  expect(await reply('I have a problem at 12346')).toContain(`report:problem~wrong_address~12346:${today()}`)
  await reply(tap(`report:problem~damaged~12346:${today()}`))
  expect(await commands()).toMatchObject([
    { payload: { report: { status: 'problem', reason: 'damaged', note: 'I have a problem at 12346' } } },
  ])
})

it('arrives and delivers by two taps, and moves on to the next stop', async () => {
  expect(await reply(tap(`report:arrived~12345:${today()}`))).toContain(
    'You have arrived at #12345 (Tech Corp Inc)',
  )
  await eventually(() => writes().length === 1, { what: 'the arrival' })
  expect(writes()[0]?.body).toMatchObject({ status: 'arrived' })
  modelSays({ status: 'delivered' })
  expect(await reply('delivered')).toContain('#12345 (Tech Corp Inc) is delivered')
  expect(await reply('next')).toContain('#12346')
})

it.each([
  ["I'm 20 min late", { status: 'running_late', minutes_late: 20 }],
  ['vou atrasar meia hora', { status: 'running_late', minutes_late: 30 }],
])('passes on how late the driver is at the next stop: %s', async (words, body) => {
  modelSays({ status: 'running_late' })
  await reply(words)
  await eventually(() => writes().length === 1, { what: 'the delay' })
  expect(writes()[0]).toMatchObject({ path: '/drivers/driver-johan/orders/12345/status', body })
})

it('asks how late, and takes the tap', async () => {
  modelSays({ status: 'running_late' })
  expect(await reply("I'm running late")).toContain('How late will you be at #12345 (Tech Corp Inc)?')
  await reply(tap(`report:running_late~30~12345:${today()}`))
  expect(await commands()).toMatchObject([{ payload: { report: { minutes: 30 } } }])
})

it('asks which order, and keeps what was said of it', async () => {
  bench.orders.answerWith(({ method }) => {
    const day = johansDay(today())
    return method === 'GET'
      ? { body: JSON.parse(JSON.stringify(day.body).replaceAll('Tech Corp Inc', 'West Corp')) }
      : day
  })
  modelSays({ status: 'problem', order_ref: 'west', reason: 'closed' })
  expect(await reply('west is closed')).toContain('Which order do you mean?')
  await reply(later('2'))
  expect(await commands()).toMatchObject([{ payload: { orderId: '12346', report: { reason: 'closed' } } }])
})

it('S9: does not apply a tap of yesterday or one that was sent long ago', async () => {
  await reply(tap('report:delivered~12346:2020-01-01'))
  expect(await reply(tap(`report:delivered~12346:${today()}`, Date.now() - 20 * 60_000))).toContain(
    'Have you delivered #12346',
  )
  expect(await commands()).toEqual([])
})

it('tells the driver when the order system refuses a report', async () => {
  bench.orders.answerWith(({ method }) =>
    method === 'GET' ? johansDay(today()) : { status: 409, body: { error: { code: 'order_closed' } } },
  )
  await reply(tap(`report:arrived~12346:${today()}`))
  await eventually(async () => (await bench.replies()).length === 2, { what: 'the refusal' })
  expect(
    textOf((await bench.replies())[1] ?? { id: '', message: { type: '' }, reply_to: '', turn_id: '' }),
  ).toContain('did not accept what you reported about order #12346')
})

it('still takes clear reports when the model is away', async () => {
  bench.model.answerWith(() => ({ status: 503, body: {} }))
  await reply('delivered 12346 at the door')
  await reply("I couldn't deliver 12347, nobody home")
  expect(await commands()).toMatchObject([
    { payload: { orderId: '12346', report: { status: 'delivered' } } },
    { payload: { orderId: '12347', report: { status: 'problem', reason: 'closed' } } },
  ])
})
