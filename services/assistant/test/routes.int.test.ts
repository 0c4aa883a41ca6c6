import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
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

const cutOffIn = (time: string) => bench.pool.query('UPDATE drivers SET check_in_until = $1', [time])
const tap = (id: string, sentAt = Date.now()) => ({
  kind: 'interactive',
  body: { interactive: { type: 'button_reply', button_reply: { id, title: 'x' } } },
  sentAt,
})
const accept = () => tap(`accept:-:${today()}`)
const declineTap = () => tap(`decline:-:${today()}`)
const later = (body: string) => ({ kind: 'text', body: { text: { body } }, sentAt: Date.now() + 1_000 })
async function reply(...message: Parameters<Bench['receive']>): Promise<string> {
  await bench.receive(...message)
  const last = (await bench.settled()).at(-1)
  return last ? textOf(last) : ''
}
const modelSays = (name: string, args: Record<string, string> = {}) =>
  bench.model.answerWith(() => modelChoosing({ name, args }))
const rows = async (sql: string) => (await bench.pool.query(sql)).rows
const commands = () => rows('SELECT kind, payload, state FROM order_commands ORDER BY seq')
const notices = () => rows('SELECT kind, state, reason FROM dispatch_notices ORDER BY seq')
const checkIns = () => rows('SELECT state FROM check_ins')
const writes = () => bench.orders.asked.filter(({ method }) => method === 'POST')
/** As if the minute in which a decline can be undone were over. */
async function minuteIsOver() {
  await bench.pool.query(`UPDATE turns SET session = jsonb_set(session, '{route,at}', '0') WHERE session ? 'route'
    AND session -> 'route' <> 'null'`)
  await bench.redis.flushdb()
  await bench.pool.query('UPDATE order_commands SET not_before = now()')
  await bench.pool.query('UPDATE lanes SET not_before = NULL')
  await bench.messaging.publish(orderCommandsReady, { driverId: 'driver-johan' })
}
const until = (kind: string) =>
  eventually(async () => (await commands()).some((it) => it.kind === kind && it.state === 'done'), {
    what: `${kind} to reach the order system`,
  })

describe('accepting', () => {
  it('P6: is recorded, answered with the next stops, and reaches the order system under one key', async () => {
    expect(await reply(accept())).toBe(`✅ Today's route is accepted, Johan: 3 orders. Drive safely!

🚚 Your next stops:
1. #12345 - Tech Corp Inc (12:00 PM)
   📍 123 Main St, Suite 400

2. #12346 - Westside Restaurant (2:30 PM)
   📍 456 Oak Ave

3. #12347 - Airport Terminal B (4:00 PM)
   📍 Terminal B, Gate 5`)
    await until('accept-route')
    const [{ id }] = await rows('SELECT id FROM order_commands')
    expect(writes()).toMatchObject([
      { path: `/drivers/driver-johan/routes/${today()}/accept`, headers: { 'idempotency-key': id } },
    ])
    expect([await notices(), await checkIns()]).toEqual([[], [{ state: 'accepted' }]])
    expect(await reply(accept())).toBe("✅ You have already accepted today's route.")
    expect(await commands()).toHaveLength(1)
  })

  it('is kept while the order system is away', async () => {
    bench.orders.answerWith(() => ({ status: 503, body: {} }))
    expect(await reply(accept())).toBe("✅ Today's route is accepted, Johan. Drive safely!")
    await eventually(() => writes().length > 0, { what: 'the first try' })
    bench.orders.answerWith(({ method }) => (method === 'GET' ? johansDay(today()) : { body: {} }))
    await minuteIsOver()
    await until('accept-route')
  })

  it('takes free words only when they are clear', async () => {
    modelSays('accept_route')
    for (const words of [
      "I don't accept",
      'do I have to accept?',
      'yeah right, I accept 🙄',
      'fine weather',
    ]) {
      expect(await reply(words)).toContain("Do you take today's route? Reply 1 to accept or 2 to decline.")
    }
    expect(await commands()).toEqual([])
    expect(await reply('I accept the route')).toContain('is accepted, Johan')
  })

  it('S9: does not apply a tap of yesterday, nor one that was late', async () => {
    expect(await reply(tap('accept:-:2020-01-01'))).toContain('That choice is from an earlier day')
    expect(await reply(tap(`accept:-:${today()}`, Date.now() - 20 * 60_000))).toContain('I ask again')
    expect(await commands()).toEqual([])
    expect(await reply(later('1'))).toContain('is accepted, Johan')
  })

  it('has nothing to accept without orders', async () => {
    const empty = { driver_id: 'driver-johan', orders: [] }
    bench.orders.answerWith(() => ({ body: empty }))
    expect(await reply(accept())).toBe('📦 You have no orders today, Johan.')
    expect(await commands()).toEqual([])
  })
})

describe('declining', () => {
  it("asks why, keeps the driver's own words, and tells nobody for a minute", async () => {
    expect(await reply(declineTap())).toContain("Why can't you take today's route?")
    expect(await commands()).toEqual([])
    expect(await reply(later('El camión no arranca, "otra vez"'))).toContain('El camión no arranca')
    expect(await notices()).toEqual([
      { kind: 'declined', state: 'pending', reason: 'El camión no arranca, "otra vez"' },
    ])
    expect([await checkIns(), writes()]).toEqual([[{ state: 'declined' }], []])
    await minuteIsOver()
    await until('decline-route')
    expect(writes()).toMatchObject([
      {
        path: `/drivers/driver-johan/routes/${today()}/decline`,
        body: { reason: 'El camión no arranca, "otra vez"' },
      },
    ])
  })

  it('takes the reason from the sentence, whatever the model makes of it', async () => {
    modelSays('decline_route', { reason: 'The driver is lazy' })
    const words = "I can't work today, my son is ill"
    expect(await reply(words)).toContain(`"${words}`.slice(0, 20))
    expect(await notices()).toMatchObject([{ reason: words }])
  })

  it('asks when the words are not clear, also when the model is sure', async () => {
    modelSays('decline_route', { reason: 'x' })
    for (const words of [
      "I don't decline",
      'what if I decline?',
      'maybe I decline',
      'I decline, just kidding',
    ]) {
      expect(await reply(words)).toContain("Do you take today's route?")
    }
    expect([await commands(), await notices()]).toEqual([[], []])
  })

  it('can be undone for a minute, as if it had never been', async () => {
    await reply(declineTap())
    await reply(later('flat tyre'))
    const undo = JSON.stringify(await bench.replies()).match(/undo:[^"\\]+/)?.[0] ?? ''
    expect(await reply(tap(undo))).toContain('Undone: nobody has heard of it')
    expect([await commands(), await notices(), await checkIns()]).toMatchObject([
      [{ state: 'withdrawn' }],
      [{ state: 'withdrawn' }],
      [{ state: 'asked' }],
    ])
    expect(await reply(later('1'))).toContain('is accepted, Johan')
    await until('accept-route')
    expect(writes()).toHaveLength(1)
    expect(await reply(tap(undo))).toBe('There is nothing to undo.')
  })

  it('is left out when it is undone in the same breath', async () => {
    await bench.receive(declineTap())
    await bench.settled()
    await bench.receive(later('flat tyre'), later('undo'))
    await bench.settled()
    expect([await commands(), await notices()]).toEqual([[], []])
  })

  it('can be changed after that minute too, and then dispatch hears of it', async () => {
    await reply(declineTap())
    await reply(later('flat tyre'))
    await minuteIsOver()
    await until('decline-route')
    expect(await reply(later('undo'))).toContain('Dispatch has been told already')
    expect(await reply(later('1'))).toContain('is accepted, Johan')
    await until('accept-route')
    expect(await notices()).toMatchObject([{ kind: 'declined' }, { kind: 'accepted-after-decline' }])
  })

  it('after the cut-off is left to dispatch, who hear of it at once', async () => {
    await cutOffIn('00:00')
    await reply(declineTap())
    expect(await reply(later('flat tyre'))).toContain("I've told dispatch")
    expect([await commands(), await notices()]).toEqual([
      [],
      [{ kind: 'declined-late', state: 'pending', reason: 'flat tyre' }],
    ])
  })
})
