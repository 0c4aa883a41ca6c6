import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { type Bench, openBench, textOf, today } from './assistant-bench.ts'
import { type FakeMedia, startMedia } from './fake-media.ts'
import { modelChoosing } from './fake-upstreams.ts'

let bench: Bench
let media: FakeMedia
let assistant: AsyncDisposable

beforeEach(async () => {
  bench = await openBench()
  media = await startMedia()
  assistant = await bench.start({ ...media.env, VOICE_SECONDS_MAX: '60' })
})
afterEach(async () => {
  await assistant[Symbol.asyncDispose]()
  await media[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
})

/** What the listening model hears, and what the understanding one makes of it. */
function hears(text: string, call = { name: 'get_orders', args: {} as Record<string, unknown> }): void {
  bench.model.answerWith(({ path }) =>
    path === '/audio/transcriptions'
      ? { body: { text, usage: { seconds: 3, cost: 0.0003 } } }
      : modelChoosing(call),
  )
}
const lastReply = async () => {
  const reply = (await bench.settled()).at(-1)
  return reply ? textOf(reply) : ''
}

it('answers a voice note as words, and quotes them back', async () => {
  hears('What are my orders today?')
  const [wamid] = await bench.receive(media.voice())
  expect(await lastReply()).toMatch(/^🎤 “What are my orders today\?”\n\n📦 You have 3 orders today, Johan!/)
  const [heard] = bench.model.asked
  expect(heard?.body).toMatchObject({ model: 'openai/whisper-1', input_audio: { format: 'ogg' } })
  const { rows } = await bench.pool.query(
    'SELECT purpose, model, outcome, cost_usd FROM model_calls ORDER BY id',
  )
  expect(rows[0]).toEqual({
    purpose: 'transcribe',
    model: 'openai/whisper-1',
    outcome: 'words',
    cost_usd: '0.00030000',
  })
  const { rows: transcripts } = await bench.pool.query('SELECT wamid, said FROM transcripts')
  expect(transcripts).toEqual([{ wamid, said: 'What are my orders today?' }])
})

it('asks back before it confirms what it may have misheard, and takes a spoken yes to that', async () => {
  hears('confirm 12346', { name: 'confirm_order', args: { order_ref: '12346' } })
  await bench.receive(media.voice())
  expect(await lastReply()).toContain('do you want to confirm order #12346 (Westside Restaurant)?')
  const commands = () => bench.pool.query('SELECT 1 FROM order_commands')
  expect((await commands()).rowCount).toBe(0)
  hears('Yes.')
  await bench.receive({ ...media.voice(), sentAt: Date.now() + 1_000 })
  expect(await lastReply()).toBe("🎤 “Yes.”\n\n✅ Order #12346 is confirmed. I'm passing it on.")
  expect((await commands()).rowCount).toBe(1)
})

it.each([
  ['', "🎤 I couldn't make out any words. Please say it again, or type it."],
  ['[Music]', "🎤 I couldn't make out any words. Please say it again, or type it."],
])('asks when it heard nothing: %p', async (text, reply) => {
  hears(text)
  await bench.receive(media.voice())
  expect(await lastReply()).toBe(reply)
})

it('does not listen to what is too long', async () => {
  await bench.receive(media.voice(61))
  expect(await lastReply()).toContain('I can listen to one minute')
  expect(bench.model.asked).toEqual([])
})

it('asks to type while nobody listens', async () => {
  bench.model.answerWith(() => ({ status: 503, body: { error: { code: 503, message: 'down' } } }))
  await bench.receive(media.voice())
  expect(await lastReply()).toContain("I can't listen to voice notes right now")
  expect(await lastReply()).toContain(`orders:-:${today()}`)
  const { rows } = await bench.pool.query('SELECT purpose, outcome FROM model_calls')
  expect(rows).toEqual([{ purpose: 'transcribe', outcome: 'error' }])
})

it('asks to send again what WhatsApp has no longer', async () => {
  const gone = media.voice()
  media.forget()
  await bench.receive(gone)
  expect(await lastReply()).toContain("I couldn't get your voice note from WhatsApp")
})

it('tries again while WhatsApp is away, and then asks to type', async () => {
  media.isDown = true
  await bench.receive(media.voice())
  const tryAgain = setInterval(() => {
    void bench.pool.query('UPDATE lanes SET not_before = NULL').then(() => bench.hint())
  }, 50)
  expect(await lastReply()).toContain("I can't listen to voice notes right now")
  clearInterval(tryAgain)
  expect(media.asked).toHaveLength(5)
  expect(await bench.deadLetters()).toEqual([])
})
