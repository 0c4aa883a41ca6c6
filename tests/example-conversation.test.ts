import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { inventedOn } from './e2e/check-grounding.ts'
import { freshStack, type TestStack } from './fresh-stack.ts'
import { sandboxAt } from './sandbox.ts'

const JOHAN = '12125550101'
const MARIA = '5511987650102'
const DIEGO = '525512340103'

let system: TestStack
let sandbox: ReturnType<typeof sandboxAt>

beforeAll(async () => {
  system = await freshStack(() => ({ scale: { ingress: 1, intake: 1, assistant: 1, sender: 1 } }))
  sandbox = sandboxAt(system.stack.description.urls.sandbox)
}, 60_000)
// A service may take 25 s to stop.
afterAll(async () => system[Symbol.asyncDispose](), 60_000)

const EXAMPLE = `📦 You have 3 orders today, Johan!

🚚 Orders:
1. #12345 - Tech Corp Inc (12:00 PM)
   📍 123 Main St, Suite 400

2. #12346 - Westside Restaurant (2:30 PM)
   📍 456 Oak Ave

3. #12347 - Airport Terminal B (4:00 PM)
   📍 Terminal B, Gate 5

Would you like details on any order? Type from 1 to 3 to choose any order.`

describe('the example conversation', () => {
  it('comes out letter by letter', async () => {
    const answer = await sandbox.phone(JOHAN).ask('What are my orders today?')
    expect(answer.text).toBe(EXAMPLE)
  })

  it('goes on with a number, without the model', async () => {
    const callsBefore = await sandbox.calls('openrouter')
    const answer = await sandbox.phone(JOHAN).ask('2')
    expect(answer.text).toContain('Westside Restaurant')
    expect(await sandbox.calls('openrouter')).toBe(callsBefore)
  })
})

describe('while the model thinks', () => {
  it('the phone shows that the message was read and that somebody is typing', async () => {
    await sandbox.setFaults('openrouter', { latencyMs: 1_500 })
    const phone = sandbox.phone(JOHAN)
    const answered = phone.ask('What is my next stop?')
    await eventually(() => phone.isTyping(), { what: 'the typing indicator' })
    await sandbox.setFaults('openrouter', {})
    expect((await answered).text).toContain('#12345')
    expect(await phone.isTyping()).toBe(false)
  })
})

describe('other languages', () => {
  it('answers in Portuguese, with a list of five to choose from', async () => {
    const answer = await sandbox.phone(MARIA).ask('Quais são as minhas entregas de hoje?')
    expect(answer).toMatchObject({ type: 'interactive', interactive: { type: 'list' } })
    expect(JSON.stringify(answer.interactive)).toContain('22301')
    expect(answer.text).toMatch(/Maria/)
  })

  it('a row of the list leads to the order, without the model', async () => {
    const callsBefore = await sandbox.calls('openrouter')
    const list = (await sandbox.phone(MARIA).answers()).at(-1)
    const row = /"id":"([^"]+)","title":"([^"]*22302[^"]*)"/.exec(JSON.stringify(list?.interactive))
    const answer = await sandbox.phone(MARIA).ask({
      type: 'interactive',
      interactive: { type: 'list_reply', list_reply: { id: row?.[1], title: row?.[2] } },
    })
    expect(answer.text).toContain('22302')
    expect(await sandbox.calls('openrouter')).toBe(callsBefore)
  })

  it('answers in Spanish', async () => {
    const answer = await sandbox.phone(DIEGO).ask('¿Cuál es mi próxima entrega?')
    expect(answer.text).toMatch(/Diego|Próxima|próxima|entrega/)
    expect(answer.text).toContain('32401')
  })
})

describe('a confirmation', () => {
  it('P6: is recorded, answered, and reaches the order system once', async () => {
    const answer = await sandbox.phone(JOHAN).ask('confirm order 12345')
    expect(answer.text).toContain('12345')
    const { rows } = await system.pool.query<{ id: string }>(
      `SELECT id FROM order_commands WHERE driver_id = 'driver-johan'`,
    )
    expect(rows).toHaveLength(1)
    const writes = await eventually(
      async () => {
        const seen = await sandbox.orderWrites()
        return seen.length > 0 ? seen : undefined
      },
      { what: 'the confirmation to reach the order system' },
    )
    expect(writes.map(({ idempotencyKey }) => idempotencyKey)).toEqual(rows.map(({ id }) => id))
  })
})

describe('people whom it does not serve', () => {
  it('tells a stranger so once a day, without asking the model', async () => {
    const callsBefore = await sandbox.calls('openrouter')
    const stranger = sandbox.phone('4915199999999')
    await stranger.ask('What are my orders today?')
    await stranger.send('Hello?')
    await eventually(
      async () => {
        const { rows } = await system.pool.query(
          `SELECT 1 FROM inbound JOIN conversations c ON c.id = conversation_id WHERE wa_id = '4915199999999' AND status = 'answered'`,
        )
        return rows.length === 2
      },
      { what: 'both messages to be answered' },
    )
    expect([await stranger.answers(), await sandbox.calls('openrouter')]).toMatchObject([
      { length: 1 },
      callsBefore,
    ])
  })

  it.each(['inactive', 'suspended'])('tells an %s driver so, without any data', async (status) => {
    const driver = (await sandbox.drivers()).find((it) => it.status === status)
    const answer = await sandbox.phone(driver?.phone ?? '').ask('What are my orders today?')
    expect(answer.text).not.toMatch(/#\d/)
  })
})

it('P8: no reply of this suite says what stands nowhere', async () => {
  expect(await inventedOn(system)).toEqual([])
})
