import { noteTemplates, type Pool } from '@waybill/database'
import { repeat } from '@waybill/service-kit'
import { listTemplates } from '@waybill/whatsapp'
import type { Logger } from 'pino'

type Deps = {
  pool: Pool
  account: { baseUrl: string; wabaId: string; accessToken: string }
  log: Logger
}

const HOUR_MS = 60 * 60_000
const READ_MS_MAX = 20_000
// Of the 200 calls that an account may make in an hour.
const AGAIN_MS = { min: 2_000, max: 60_000 }

/**
 * Reads now and every hour which templates there are: webhooks tell of changes, and one of them may be missed. What
 * could not be read is read again soon.
 */
export function syncTemplates({ pool, account, log }: Deps): AsyncDisposable {
  return repeat({
    intervalMs: HOUR_MS,
    againMs: AGAIN_MS,
    async run(signal) {
      const within = AbortSignal.any([signal, AbortSignal.timeout(READ_MS_MAX)])
      await noteTemplates(pool, await listTemplates(account, within))
    },
    onError: (error) => log.warn({ err: error }, 'the templates of the account could not be read'),
  })
}
