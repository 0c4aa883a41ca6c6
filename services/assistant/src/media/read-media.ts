import { createBreaker } from '@waybill/resilience'
import { type MediaApi, MediaError } from '@waybill/whatsapp'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'

type Deps = { api: MediaApi; timeoutMs: number; registry: Registry; log: Logger }

/** WhatsApp's media behind a breaker. A file that is gone or unfit says nothing against WhatsApp. */
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
  return {
    download: (request, signal) => breaker.call(request, signal),
    [Symbol.dispose]: () => breaker[Symbol.dispose](),
  }
}
