import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { unansweredQuestions } from '@waybill/database'
import { loadFaq } from '@waybill/tools'
import { type Bench, openBench, textOf, today } from './assistant-bench.ts'
import { johansDay, modelChoosing } from './fake-upstreams.ts'

const FAQ = fileURLToPath(new URL('../../../infra/faq', import.meta.url))
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

const choose = (args: Record<string, unknown>) =>
  bench.model.answerWith(() => modelChoosing({ name: 'answer_question', args }))
const last = async () => {
  const reply = (await bench.settled()).at(-1)
  return reply ? textOf(reply) : ''
}

it("answers from the order, in the order's own words, and says so when they do not hold it", async () => {
  const { body } = johansDay(today())
  const day = JSON.stringify(body).replace('"items"', '"instructions":"Gate code 4421. Ring twice.","items"')
  bench.orders.answerWith(() => ({ body: JSON.parse(day) }))
  choose({ order_ref: '12345', about: 'access', language: 'en' })
  await bench.receive('is there a gate code for 12345?')
  expect(await last()).toContain(
    '📦 #12345 - Tech Corp Inc (12:00 PM)\\n\\nThe order says:\\nℹ️ Instructions: “Gate code 4421. Ring twice.”',
  )
  await bench.receive('and is there a dog at 12345?')
  expect(await last()).toContain("I don't see that in the order. This is all it says:")
  choose({ order_ref: '12346', about: 'notes', language: 'en' })
  await bench.receive('anything special at 12346?')
  expect(await last()).toContain('The order says nothing about that. Shall I ask dispatch?')
  choose({ order_ref: '12347', about: 'window', language: 'en' })
  await bench.receive('until when can I deliver to 12347?')
  expect(await last()).toContain('🕑 Time: 4:00 PM - 5:00 PM')
  expect((await unansweredQuestions(bench.pool, 10)).map(({ question }) => question).sort()).toEqual([
    'and is there a dog at',
    'anything special at',
  ])
})

it("answers about policy with the FAQ's own words, in the driver's language", async () => {
  await loadFaq(bench.urls.database, FAQ)
  choose({ about: 'policy', language: 'pt' })
  await bench.receive('e se não tiver ninguém em casa?')
  expect(await last()).toContain('Toque duas vezes e espere cinco minutos.')
})

it('has no answer rather than a wrong one: offers a person and keeps the question without names', async () => {
  await loadFaq(bench.urls.database, FAQ)
  choose({ about: 'policy', language: 'en' })
  await bench.receive('may I bring my cousin Maria along?', 'may i bring my cousin Pedro along')
  const answer = await last()
  expect(answer).toContain("I don't have an answer to that, and I won't guess.")
  expect(answer).toContain('person:-:')
  expect(await unansweredQuestions(bench.pool, 10)).toMatchObject([
    { question: 'may i bring my cousin along', language: 'en', times: 2, drivers: 1 },
  ])
})
