import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { z } from 'zod'
import { type Bench, openBench, textOf } from './assistant-bench.ts'
import { modelChoosing } from './fake-upstreams.ts'

let bench: Bench
let assistant: AsyncDisposable
let translateWith: (text: string) => string

const wanted = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  tools: z.never().optional(),
})

beforeEach(async () => {
  bench = await openBench()
  assistant = await bench.start()
  translateWith = (text) =>
    text.replaceAll('You have', 'Vous avez').replaceAll('orders today', "commandes aujourd'hui")
  bench.model.answerWith(({ body }) => {
    const asked = wanted.safeParse(body).data
    if (!asked) return modelChoosing({ name: 'get_orders', args: {} })
    const { texts } = z
      .object({ texts: z.array(z.string()) })
      .parse(JSON.parse(asked.messages[1]?.content ?? ''))
    const content = JSON.stringify({ texts: texts.map(translateWith) })
    return { body: { choices: [{ finish_reason: 'stop', message: { content } }], usage: { cost: 0.001 } } }
  })
})
afterEach(async () => {
  await assistant[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
})

const last = async () => {
  const reply = (await bench.settled()).at(-1)
  return reply ? textOf(reply) : ''
}
const purposes = async () =>
  (
    await bench.pool.query<{ purpose: string; outcome: string }>(
      'SELECT purpose, outcome FROM model_calls ORDER BY id',
    )
  ).rows.map(({ purpose, outcome }) => `${purpose}: ${outcome}`)

it('answers the first message of a French driver in French, and the next driver from the cache', async () => {
  await bench.receive("Bonjour, quelles sont mes livraisons aujourd'hui ?")
  expect(await last()).toContain("📦 Vous avez 3 commandes aujourd'hui, Johan!")
  expect(await last()).toContain('1. #12345 - Tech Corp Inc (12:00 PM)\n   📍 123 Main St, Suite 400')
  expect(await purposes()).toEqual(['understand: calls', 'translate: texts'])
  await bench.receive('orders')
  expect(await last()).toContain("Vous avez 3 commandes aujourd'hui, Johan!")
  expect(await purposes()).toHaveLength(2)
})

it('answers in English when the translation has another number, and it is on record', async () => {
  translateWith = (text) => text.replaceAll('3 orders', '4 commandes')
  await bench.receive("Bonjour, quelles sont mes livraisons aujourd'hui ?")
  expect(await last()).toContain('You have 3 orders today, Johan!')
  expect(await purposes()).toEqual(['understand: calls', 'translate: facts-changed'])
  const { rows } = await bench.pool.query(`SELECT detail FROM audit WHERE action = 'translation.left-out'`)
  expect(rows).toEqual([{ detail: { language: 'fr', why: 'refused' } }])
})

it('P9: answers in English while nobody translates, and it is on record', async () => {
  bench.model.answerWith(({ body }) =>
    wanted.safeParse(body).success
      ? { status: 503, body: { error: { code: 503, message: 'down' } } }
      : modelChoosing({ name: 'get_orders', args: {} }),
  )
  await bench.receive("Bonjour, quelles sont mes livraisons aujourd'hui ?")
  expect(await last()).toContain('You have 3 orders today, Johan!')
  const { rows } = await bench.pool.query(`SELECT detail FROM audit WHERE action = 'translation.left-out'`)
  expect(rows).toMatchObject([{ detail: { language: 'fr' } }])
})

it('keeps the language that was asked for, whatever is written then, over a lost Redis', async () => {
  await bench.receive('em português por favor')
  expect(await last()).toContain('a partir de agora escrevo em português')
  await bench.redis.flushall()
  bench.model.answerWith(() => modelChoosing({ name: 'get_orders', args: { language: 'en' } }))
  await bench.receive('What are my orders today?')
  expect(await last()).toContain('Você tem 3 pedidos hoje, Johan!')
  await bench.receive('speak English')
  expect(await last()).toContain("I'll write in English")
})
