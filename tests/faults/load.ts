import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '@waybill/test-kit'
import { signatureOf } from '@waybill/whatsapp'
import type { sandboxAt } from '../sandbox.ts'
import type { History } from './history.ts'
import type { Random } from './random.ts'

export type Driver = { phone: string; orderIds: readonly string[] }

type Options = {
  /** The front door. */
  url: string
  appSecret: string
  sandbox: ReturnType<typeof sandboxAt>
  drivers: readonly Driver[]
  perSecond: number
  random: Random
  history: History
}

/** Messages on a driver's phone, and the webhook that tells of them. */
export type Written = { wamids: string[]; body: string }

export type Load = {
  /** Writes until `stop`; resolves when everything was acknowledged, or tried for a minute after that. */
  run(stop: AbortSignal): Promise<void>
  /** One webhook of a driver's messages, not posted yet. `timestamp` in seconds: of a phone that was offline. */
  newMessages(driver: Driver, text: string, more?: { count?: number; timestamp?: number }): Promise<Written>
  /** As WhatsApp does: again until it gets a 200, ever more slowly. */
  deliver(written: Written): Promise<void>
  /** Once, to the front door or to another one. The status; nothing when there was no answer. */
  post(written: Written, options?: { url?: string; signature?: string }): Promise<number | undefined>
}

const POST_MS_MAX = 10_000
const RETRY = { msMin: 250, msMax: 4_000, giveUpMs: 60_000 }
const SHARE = { duplicate: 0.1, held: 0.05, burst: 0.01 }
const BURST = 4
// WhatsApp allows 45 messages to a person, then one in six seconds: who writes in bursts changes.
const HOT_MS = 10_000
/** A word that drivers write, and that must be in no log. */
export const CANARY = 'xyloquartz'

/** Drivers write at random: doubled webhooks, webhooks that overtake each other, bursts of one driver. */
export function createLoad(options: Options): Load {
  const { url, appSecret, sandbox, drivers, perSecond, random, history } = options
  let hot = { driver: random.one(drivers), until: Date.now() + HOT_MS }
  let stopAt = Number.POSITIVE_INFINITY

  async function newMessages(
    { phone }: Driver,
    text: string,
    more: { count?: number; timestamp?: number } = {},
  ) {
    // The phone is on the machine that is under load, too.
    const { wamids, webhook } = await eventually(
      () => sandbox.phone(phone).write({ type: 'text', text, batch: true, ...more }),
      { what: `a message on ${phone}`, timeoutMs: 60_000 },
    )
    for (const wamid of wamids) history.add({ kind: 'message', at: Date.now(), wamid, phone })
    return { wamids, body: webhook }
  }

  async function post({ wamids, body }: Written, to: { url?: string; signature?: string } = {}) {
    const at = Date.now()
    const since = performance.now()
    const status = await fetch(to.url ?? url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-hub-signature-256': to.signature ?? signatureOf(Buffer.from(body), appSecret),
      },
      signal: AbortSignal.timeout(POST_MS_MAX),
    }).then(
      async (answer) => {
        await answer.body?.cancel()
        return answer.status
      },
      () => undefined,
    )
    const tookMs = Math.round(performance.now() - since)
    history.add({ kind: 'post', at, tookMs, wamids, ...(status === undefined ? {} : { status }) })
    return status
  }

  async function deliver(written: Written) {
    let waitMs = RETRY.msMin
    while (Date.now() < stopAt + RETRY.giveUpMs) {
      if ((await post(written)) === 200) return
      await delay(waitMs)
      waitMs = Math.min(waitMs * 2, RETRY.msMax)
    }
  }

  async function write(driver: Driver, { copies = 1, heldMs = 0 } = {}) {
    const written = await newMessages(driver, words(driver, random))
    if (heldMs > 0) await delay(heldMs)
    await Promise.all(Array.from({ length: copies }, () => deliver(written)))
  }

  function writeAtRandom(): Promise<unknown> {
    if (random.chance(SHARE.burst)) {
      if (Date.now() > hot.until) hot = { driver: random.one(drivers), until: Date.now() + HOT_MS }
      const { driver } = hot
      return Promise.all(Array.from({ length: BURST }, () => write(driver)))
    }
    const copies = random.chance(SHARE.duplicate) ? 2 : 1
    const heldMs = random.chance(SHARE.held) ? random.integer(50, 500) : 0
    return write(random.one(drivers), { copies, heldMs })
  }

  return {
    async run(stop) {
      stopAt = Number.POSITIVE_INFINITY
      const writing: Promise<unknown>[] = []
      const since = performance.now()
      // By the clock and not by intervals: what the machine could not do in time is caught up with.
      for (let written = 0; !stop.aborted; written += 1) {
        const dueMs = (written * 1_000) / perSecond - (performance.now() - since)
        if (dueMs > 0) await delay(dueMs, undefined, { signal: stop }).catch(() => {})
        if (!stop.aborted) writing.push(writeAtRandom())
      }
      stopAt = Date.now()
      await Promise.all(writing)
    },
    newMessages,
    deliver,
    post,
  }
}

/** Most of it needs no model; some is new to everybody, so that one has to be asked. */
function words({ orderIds }: Driver, random: Random): string {
  if (random.chance(0.1)) return `confirm #${random.one(orderIds)}`
  if (random.chance(0.1)) return `does anybody know about the ${CANARY} ${newWord(random)} ${newWord(random)}`
  return random.one(['What are my orders today?', 'What is my next stop?', 'help', '1', '2', 'orders'])
}

/** One that nobody has asked a model about. */
export function newWord(random: Random): string {
  return Array.from(
    { length: 4 },
    () => random.one('bdfgklmnprstvz'.split('')) + random.one('aeiou'.split('')),
  ).join('')
}
