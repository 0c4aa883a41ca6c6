import type { PendingNotice } from '@waybill/database'
import { createBreaker, fetchAtMost } from '@waybill/resilience'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Channel } from './channel.ts'

type Deps = {
  url: string
  token: string | undefined
  timeoutMs: number
  registry: Registry
  log: Logger
}

const post = fetchAtMost(64 * 1024, { name: 'dispatch-webhook' })

/** Posts a notice; its id is the Idempotency-Key, the same on every try. Anything but a 2xx is a failure. */
export function postWebhook({ url, token, timeoutMs, registry, log }: Deps): Channel & Disposable {
  const breaker = createBreaker(
    { name: 'dispatch-webhook', registry, log, timeoutMs },
    async (signal, notice: PendingNotice) => {
      const response = await post(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': notice.id,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(webhookBody(notice)),
        signal,
      })
      await response.body?.cancel()
      if (!response.ok) throw new Error(`dispatch webhook answered ${response.status}`)
    },
  )
  return {
    name: 'webhook',
    tell: (notice) => breaker.call(notice),
    [Symbol.dispose]: () => breaker[Symbol.dispose](),
  }
}

export function webhookBody({ driverId, driverName, kind, reason, text, priority }: PendingNotice) {
  return {
    driver_id: driverId ?? 'unknown',
    driver_name: driverName ?? 'unknown',
    action: kind,
    ...(reason === null ? {} : { reason }),
    message: text,
    priority,
  }
}
