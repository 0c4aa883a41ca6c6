import { createBreaker } from '@waybill/resilience'
import { type MediaApi, MediaError } from '@waybill/whatsapp'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'

type Deps = { api: MediaApi; timeoutMs: number; registry: Registry; log: Logger }

/** Files in memory at once: they are large, and a process is small. */
const AT_ONCE_MAX = 6

/** WhatsApp's media behind a breaker, a few at a time. A file that is gone or unfit says nothing against WhatsApp. */
export function readMedia({ api, timeoutMs, registry, log }: Deps): MediaApi & Disposable {
  const breaker = createBreaker(
    {
      name: 'whatsapp-media',
      registry,
      log,
      timeoutMs,
      isFailure: (error) => !(error instanceof MediaError),
    },
    (signal, request: Parameters<MediaApi['download']>[0], turnSignal: AbortSignal) =>
      api.download(request, AbortSignal.any([signal, turnSignal])),
  )
  const waiting: (() => void)[] = []
  let reading = 0

  return {
    async download(request, signal) {
      if (reading >= AT_ONCE_MAX) await new Promise<void>((resolve) => waiting.push(resolve))
      else reading += 1
      try {
        signal.throwIfAborted()
        return await breaker.call(request, signal)
      } finally {
        // The place goes to whoever is next.
        const next = waiting.shift()
        if (next) next()
        else reading -= 1
      }
    },
    [Symbol.dispose]: () => breaker[Symbol.dispose](),
  }
}
