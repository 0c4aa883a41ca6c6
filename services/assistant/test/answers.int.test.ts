import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { claimTurn, commitTurn } from '@waybill/database'
import { eventually } from '@waybill/test-kit'
import { type Bench, CONVERSATION, openBench, textOf, today } from './assistant-bench.ts'
import { modelChoosing } from './fake-upstreams.ts'

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

it('answers a waiting message', async () => {
  const [wamid] = await bench.receive('What are my orders today?')
  const replies = await bench.settled()
  expect(replies.map(textOf)).toEqual([
    `📦 You have 3 orders today, Johan!

🚚 Orders:
1. #12345 - Tech Corp Inc (12:00 PM)
   📍 123 Main St, Suite 400

2. #12346 - Westside Restaurant (2:30 PM)
   📍 456 Oak Ave

3. #12347 - Airport Terminal B (4:00 PM)
   📍 Terminal B, Gate 5

Would you like details on any order? Type from 1 to 3 to choose any order.`,
  ])
  expect(replies[0]?.reply_to).toBe(wamid)
  const { rows } = await bench.pool.query(
    'SELECT purpose, outcome, prompt_tokens, cached_tokens FROM model_calls',
  )
  expect(rows).toEqual([
    { purpose: 'understand', outcome: 'calls', prompt_tokens: 1_700, cached_tokens: 1_536 },
  ])
})

it('shows the details of what was chosen by number, without asking the model', async () => {
  await bench.receive('What are my orders today?')
  await bench.settled()
  await bench.receive('2')
  const [, details] = await bench.settled()
  expect(details && textOf(details)).toContain('Westside Restaurant')
  expect(details && textOf(details)).toContain(`confirm:12346:${today()}`)
  expect(bench.model.asked).toHaveLength(1)
})

it('answers in the language of the driver and remembers it', async () => {
  bench.model.answerWith(() => modelChoosing({ name: 'get_orders', args: { language: 'pt' } }))
  await bench.receive('Quais são os meus pedidos?')
  await bench.settled()
  await bench.receive('1')
  const [orders, details] = await bench.settled()
  expect(orders && textOf(orders)).toContain('Você tem 3 pedidos hoje, Johan!')
  expect(orders && textOf(orders)).toContain('(12:00)')
  expect(details && textOf(details)).toContain('Confirmar pedido')
})

it('P2: answers a message that is delivered three times once', async () => {
  const message = { kind: 'text', body: { text: { body: 'orders' } } }
  await bench.receive(message)
  await bench.hint()
  await bench.hint()
  await bench.settled()
  await bench.receive('next')
  expect(await bench.settled()).toHaveLength(2)
})

it('P3: answers in the order in which was asked, one turn at a time, with three assistants', async () => {
  const others = [await bench.start({ INSTANCE: 'b' }), await bench.start({ INSTANCE: 'c' })]
  const words = ['orders', '1', 'next', '2', 'orders', '3', 'help', '1']
  const wamids: string[] = []
  for (const word of words) {
    wamids.push(...(await bench.receive(word)))
    await bench.hint()
  }
  const replies = await bench.settled()
  const answeredIn = replies.map(({ reply_to }) => wamids.indexOf(reply_to))
  expect(answeredIn).toEqual([...answeredIn].sort((a, b) => a - b))
  const { rows } = await bench.pool.query<{ wamid: string; turn_id: string }>(
    'SELECT wamid, turn_id FROM inbound ORDER BY sent_at, received_us, position',
  )
  expect(rows.map(({ wamid }) => wamid)).toEqual(wamids)
  const turns = rows.map(({ turn_id }) => turn_id)
  expect(turns.filter((turn, index) => turn !== turns[index - 1])).toHaveLength(new Set(turns).size)
  for (const other of others) await other[Symbol.asyncDispose]()
})

it('answers together what came together', async () => {
  await bench.receive(
    { kind: 'sticker', body: {} },
    { kind: 'sticker', body: {} },
    { kind: 'video', body: {} },
  )
  const replies = await bench.settled()
  expect(replies.map(textOf)).toEqual([
    "Nice one! I can't read stickers, though. Please write what you need.\n\nI can't watch videos yet. Please write what you need.",
  ])
})

it('throws its answer away when somebody else has taken the conversation', async () => {
  const gate = Promise.withResolvers<void>()
  bench.model.answerWith(async () => {
    await gate.promise
    return modelChoosing({ name: 'get_orders', args: {} })
  })
  await bench.receive('What are my orders today?')
  await eventually(() => bench.model.asked.length === 1, { what: 'the model to be asked' })

  const lease = { owner: 'thief', ttlMs: 15_000, attemptsMax: 5 }
  const { epoch, work } = await claimTurn(bench.pool, CONVERSATION, { ...lease, steal: true })
  if (work.state !== 'run') throw new Error('the lane could not be stolen')
  const turn = {
    id: crypto.randomUUID(),
    driverId: 'driver-johan',
    wamids: work.messages.map(({ wamid }) => wamid),
    session: null,
    replies: [{ message: { type: 'text', text: { body: 'from the thief' } } }],
    commands: [],
    audit: [],
    modelCalls: [],
  }
  await commitTurn(bench.pool, CONVERSATION, { epoch, lease, turn })
  gate.resolve()

  await eventually(async () => (await bench.pool.query('SELECT 1 FROM model_calls')).rowCount === 1, {
    what: 'the fenced commit',
  })
  expect((await bench.replies()).map(textOf)).toEqual(['from the thief'])
})

it('sets a message aside that can never be answered: dead letter, apology, and the next message is answered', async () => {
  await bench.pool.query("UPDATE drivers SET time_zone = 'Nowhere/At_All'")
  const [wamid] = await bench.receive('orders')
  await eventually(
    async () => {
      await bench.pool.query('UPDATE lanes SET not_before = NULL')
      await bench.hint()
      const { rows } = await bench.pool.query("SELECT 1 FROM inbound WHERE status = 'dead' AND attempts = 5")
      return rows.length === 1
    },
    { what: 'the message to be dead' },
  )
  await bench.pool.query("UPDATE drivers SET time_zone = 'America/New_York'")
  await bench.receive('next')
  const [apology, next] = await bench.settled()
  expect(apology && textOf(apology)).toBe('I could not process your message. A person will look at it.')
  expect(apology?.reply_to).toBe(wamid)
  expect(next && textOf(next)).toContain('Your next stop')
  const letters = await bench.deadLetters()
  expect(letters.map((letter) => JSON.parse(letter))).toEqual([
    expect.objectContaining({ conversationId: CONVERSATION, wamid, attempts: 5 }),
  ])
}, 20_000)
