import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Bench, openBench, textOf } from './assistant-bench.ts'
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

const soon = () => Date.now() + 1_000
const text = (body: string, more: object = {}) => ({
  kind: 'text',
  body: { text: { body }, ...more },
  sentAt: soon(),
})
const edit = (original: string | undefined, body: string) => ({
  kind: 'edit',
  body: { edit: { original_message_id: original, message: { type: 'text', text: { body } } } },
  sentAt: soon(),
})
const revoke = (original: string | undefined) => ({
  kind: 'revoke',
  body: { revoke: { original_message_id: original } },
  sentAt: soon(),
})
const react = (to: string, emoji: string) => ({
  kind: 'reaction',
  body: { reaction: { message_id: to, emoji } },
  sentAt: soon(),
})
const commands = async () => (await bench.pool.query('SELECT payload FROM order_commands')).rows
const lastReply = async () => {
  const reply = (await bench.settled()).at(-1)
  return reply ? textOf(reply) : ''
}
/** As the sender writes it down: the ids that the phone knows the replies by. */
const sentAs = async (): Promise<string[]> => {
  await bench.settled()
  await bench.pool.query("UPDATE outbound SET wamid = 'out.' || seq WHERE wamid IS NULL")
  const { rows } = await bench.pool.query<{ wamid: string }>('SELECT wamid FROM outbound ORDER BY seq')
  return rows.map(({ wamid }) => wamid)
}
/** Recorded together: one turn has them all. */
const receiveChanged = async (
  words: string,
  change: (wamid: string) => ReturnType<typeof edit | typeof revoke>,
) => {
  await bench.pool.query(
    `INSERT INTO lanes (kind, key, lease_until) SELECT 'inbound', '100000000000001:12125550101', now() + interval '1 minute'
     ON CONFLICT (kind, key) DO UPDATE SET lease_until = excluded.lease_until`,
  )
  const [wamid = ''] = await bench.receive(text(words))
  await bench.receive(change(wamid))
  await bench.pool.query("UPDATE lanes SET lease_until = NULL WHERE kind = 'inbound'")
  await bench.hint()
  return wamid
}

describe('an edited message', () => {
  it('that nobody has answered is answered as it is now', async () => {
    const wamid = await receiveChanged('orders', (original) => edit(original, 'next'))
    const replies = await bench.settled()
    expect(replies.map(textOf)).toEqual([expect.stringContaining('Your next stop')])
    expect(replies[0]?.reply_to).toBe(wamid)
    const { rows } = await bench.pool.query("SELECT 1 FROM audit WHERE action = 'message.superseded'")
    expect(rows).toHaveLength(1)
  })

  it('that was answered is answered again', async () => {
    const [wamid] = await bench.receive('orders')
    await bench.settled()
    await bench.receive(edit(wamid, 'next'))
    expect(await lastReply()).toContain('Your next stop')
  })

  it('with the same words is left alone', async () => {
    const [wamid] = await bench.receive('orders')
    await bench.settled()
    await bench.receive(edit(wamid, 'Orders!'))
    expect(await bench.settled()).toHaveLength(1)
  })

  it('asks back what it would write after it has written', async () => {
    bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: { order_ref: '12346' } }))
    const [wamid] = await bench.receive('I confirm 12346')
    expect(await lastReply()).toContain('Order #12346 is confirmed')
    await bench.receive(edit(wamid, 'I confirm 12346 now'))
    expect(await lastReply()).toBe('✅ Order #12346 is already confirmed.')
    bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: { order_ref: '12347' } }))
    await bench.receive(edit(wamid, 'I confirm 12347'))
    expect(await lastReply()).toContain('do you want to confirm order #12347')
    await bench.receive(text('yes'))
    expect(await lastReply()).toContain('Order #12347 is confirmed')
    bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: { order_ref: '12345' } }))
    await bench.receive(edit(wamid, 'I confirm 12345'))
    expect(await lastReply()).toContain('do you want to confirm order #12345')
    expect(await commands()).toHaveLength(2)
  })
})

describe('a deleted message', () => {
  it('that nobody has answered is not acted on', async () => {
    await receiveChanged('orders', revoke)
    expect(await bench.settled()).toEqual([])
  })

  it('that was answered is noted, no more', async () => {
    const [wamid] = await bench.receive('orders')
    await bench.settled()
    await bench.receive(revoke(wamid))
    expect(await bench.settled()).toHaveLength(1)
    const { rows } = await bench.pool.query(
      "SELECT detail FROM audit WHERE detail ->> 'did' = 'message deleted'",
    )
    expect(rows).toHaveLength(1)
  })

  it('is not acted on when it is tried again', async () => {
    await bench.pool.query("UPDATE drivers SET time_zone = 'Nowhere/At_All'")
    const [wamid] = await bench.receive('orders')
    await bench.receive(revoke(wamid))
    await bench.pool.query("UPDATE drivers SET time_zone = 'America/New_York'")
    const tryAgain = setInterval(() => {
      void bench.pool.query('UPDATE lanes SET not_before = NULL').then(() => bench.hint())
    }, 50)
    expect(await bench.settled()).toEqual([])
    clearInterval(tryAgain)
  })
})

describe('a reply to an older message', () => {
  it('takes a number from the list that it quotes', async () => {
    await bench.receive('orders')
    const [list] = await sentAs()
    await bench.receive(text('next'))
    await sentAs()
    await bench.receive(text('3', { context: { from: '1', id: list } }))
    expect(await lastReply()).toContain('Airport Terminal B')
  })

  it('confirms the order that it quotes, when the driver says so', async () => {
    await bench.receive('orders')
    await bench.receive(text('2'))
    const [, details] = await sentAs()
    await bench.receive(text('3'))
    await sentAs()
    bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: {} }))
    await bench.receive(text('confirm this one', { context: { from: '1', id: details } }))
    expect(await lastReply()).toContain('Do you want to confirm order #12346 (Westside Restaurant)?')
  })

  it('is about the order of something that the assistant said by itself', async () => {
    await bench.receive('help')
    await bench.settled()
    await bench.pool.query(
      `INSERT INTO outbound (conversation_id, turn_id, part, message, wamid)
       SELECT id, gen_random_uuid(), 1, '{"type":"text","text":{"body":"Order #12347 has a new address."}}', 'out.told'
       FROM conversations`,
    )
    bench.model.answerWith(() => modelChoosing({ name: 'get_order_details', args: {} }))
    await bench.receive(text('what is this one?', { context: { from: '1', id: 'out.told' } }))
    expect(await lastReply()).toContain('Airport Terminal B')
  })

  it('answers an older question that it quotes', async () => {
    bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: { order_ref: '12346' } }))
    await bench.receive('should I confirm 12346?')
    const [question] = await sentAs()
    await bench.receive(text('thanks'), text('orders'))
    await sentAs()
    await bench.receive(text('yes', { context: { from: '1', id: question } }))
    expect(await lastReply()).toBe("✅ Order #12346 is confirmed. I'm passing it on.")
  })
})

describe('a reaction', () => {
  it('answers the question that it is on, and no other message', async () => {
    await bench.receive('orders')
    bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: { order_ref: '12346' } }))
    await bench.receive(text('should I confirm 12346?'))
    const [list = '', question = ''] = await sentAs()
    await bench.receive(react(list, '👍'))
    await bench.settled()
    expect(await commands()).toEqual([])
    await bench.receive(react(question, '👍'))
    expect(await lastReply()).toBe("✅ Order #12346 is confirmed. I'm passing it on.")
    await bench.receive(react(question, '👍'))
    await bench.settled()
    expect(await commands()).toHaveLength(1)
  })

  it('with a thumb down leaves it', async () => {
    bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: { order_ref: '12346' } }))
    await bench.receive('should I confirm 12346?')
    const [question = ''] = await sentAs()
    await bench.receive(react(question, '👎'))
    expect(await lastReply()).toBe('OK, I leave order #12346 as it is.')
    expect(await commands()).toEqual([])
  })
})
