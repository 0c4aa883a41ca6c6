import { setTimeout as delay } from 'node:timers/promises'
import { noteTemplates, type Pool } from '@waybill/database'
import { listTemplates } from '@waybill/whatsapp'
import type { Logger } from 'pino'

type Deps = {
  pool: Pool
  account: { baseUrl: string; wabaId: string; accessToken: string }
  log: Logger
  intervalMs?: number
}

const HOUR_MS = 60 * 60_000
const READ_MS_MAX = 20_000
// Of the 200 calls that an account may make in an hour.
const AGAIN_MS = { min: 2_000, max: 60_000 }

/**
 * Reads now and every hour which templates there are: webhooks tell of changes, and one of them may be missed. What
 * could not be read is read again soon.
 */
export function syncTemplates({ pool, account, log, intervalMs = HOUR_MS }: Deps): AsyncDisposable {
  const stopping = new AbortController()
  const running = loop()
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }

  async function loop(): Promise<void> {
    const { signal } = stopping
    let againMs = AGAIN_MS.min
    while (!signal.aborted) {
      let waitMs = intervalMs
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(READ_MS_MAX)])
        await noteTemplates(pool, await listTemplates(account, within))
        againMs = AGAIN_MS.min
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error }, 'the templates of the account could not be read')
        waitMs = againMs
        againMs = Math.min(againMs * 2, AGAIN_MS.max)
      }
      await delay(waitMs, undefined, { signal }).catch(() => {})
    }
  }
}
