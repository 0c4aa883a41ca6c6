import { describe, expect, it } from '@jest/globals'
import { eventually, type Stuck, startStuckServer } from '@waybill/test-kit'
import { Registry } from 'prom-client'
import { s3Store } from '../src/media/s3-store.ts'
import { httpOrderSystem } from '../src/orders/http-order-system.ts'
import { reachOrderSystem } from '../src/orders/reach-order-system.ts'
import { EMPTY_SESSION } from '../src/session/session.ts'
import { createTranslator } from '../src/translate/ask-translation.ts'
import { createModel, type ModelQuestion } from '../src/understand/ask-model.ts'
import { createTranscription } from '../src/voice/transcribe.ts'
import { log } from './assistant-bench.ts'

/** Longer than any of these tests: what ends sooner was cut off for its size. */
const PATIENT_MS = 60_000

const driverId = 'driver-johan'
const question: ModelQuestion = {
  ...{ conversationId: 'c', wamid: 'w', words: 'what now', language: 'en', session: EMPTY_SESSION },
  ...{ now: 0, today: '2026-03-02', driver: { id: driverId, timeZone: 'UTC' } },
}
const bytes = Buffer.from('a photo')
const never = new AbortController().signal
const observed = () => ({ registry: new Registry(), log })

const modelConfig = (baseUrl: string, timeoutMs: number) => ({
  ...{ baseUrl, apiKey: 'key', model: 'm', fallbackModels: [], providers: [], timeoutMs },
  ...{ dataCollection: 'deny' as const, callsInFlightMax: 10, presenceInFlightMax: 1 },
})
const ordersAt = (baseUrl: string, timeoutMs: number) =>
  reachOrderSystem({
    ...{ system: httpOrderSystem({ baseUrl, token: 't' }), mapHosts: [], timeoutMs, ...observed() },
  })
const s3At = (endpoint: string) =>
  s3Store({ endpoint: `${endpoint}/bucket`, region: 'r', accessKeyId: 'a', secretAccessKey: 's' })
const file = { driverId, proofId: 'p', sha256: 'ab', contentType: 'image/jpeg', bytes }

const UPSTREAMS: readonly [string, (url: string, timeoutMs: number) => Promise<unknown>][] = [
  ['orders', (url, timeoutMs) => ordersAt(url, timeoutMs).dayOf(driverId, '2026-03-02')],
  [
    'an order command',
    (url, timeoutMs) => ordersAt(url, timeoutMs).confirm({ driverId, orderId: '1', idempotencyKey: 'k' }),
  ],
  ['a proof', (url, timeoutMs) => ordersAt(url, timeoutMs / 5).putProofFile(file)],
  [
    'the model',
    (url, timeoutMs) =>
      createModel({ config: modelConfig(url, timeoutMs), onAsking() {}, ...observed() }).ask(question, never),
  ],
  [
    'a translation',
    (url, timeoutMs) =>
      createTranslator({ config: modelConfig(url, timeoutMs), ...observed() }).ask(
        { language: 'fr', texts: ['Hello'] },
        never,
      ),
  ],
  [
    'a transcription',
    (url, timeoutMs) =>
      createTranscription({
        ...{ config: modelConfig(url, timeoutMs), onTranscribed() {}, ...observed() },
      }).transcribe({ bytes, extension: 'ogg' }, never),
  ],
  [
    'a stored file',
    (url, timeoutMs) => s3At(url).get(`00/${'0'.repeat(64)}.jpg`, AbortSignal.timeout(timeoutMs)),
  ],
  [
    'a file to store',
    (url, timeoutMs) =>
      s3At(url).put(
        { bytes, sha256: '0'.repeat(64), extension: 'jpg', contentType: 'image/jpeg' },
        AbortSignal.timeout(timeoutMs),
      ),
  ],
]

describe.each(UPSTREAMS)('an upstream that is asked for %s', (_what, ask) => {
  it.each<Stuck>(['silent', 'halfway'])('and is %s is hung up on at the deadline', async (how) => {
    await using server = await startStuckServer(how)
    let isThere = false
    void server.asked.then(() => {
      isThere = true
    })
    // Where much is going on, a deadline can pass before anything was sent.
    const hasArrived = async () => {
      await ask(server.url, 300).catch(() => {})
      return isThere
    }
    await eventually(hasArrived, { what: 'a question that arrives' })
    await expect(server.hungUp).resolves.toBeUndefined()
  })

  it('and does not stop talking is hung up on', async () => {
    await using server = await startStuckServer('endless')
    const asking = ask(server.url, PATIENT_MS).catch(() => 'failed')
    await expect(server.hungUp).resolves.toBeUndefined()
    await asking
  })
})
