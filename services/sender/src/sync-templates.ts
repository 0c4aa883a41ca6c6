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

/** Reads now and every hour which templates there are: webhooks tell of changes, and one of them may be missed. */
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
    while (!signal.aborted) {
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(READ_MS_MAX)])
        await noteTemplates(pool, await listTemplates(account, within))
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error }, 'the templates of the account could not be read')
      }
      await delay(intervalMs, undefined, { signal }).catch(() => {})
    }
  }
}
