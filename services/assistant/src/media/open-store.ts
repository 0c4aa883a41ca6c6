import { createBreaker } from '@waybill/resilience'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { fileStore } from './file-store.ts'
import type { ObjectStore, StoredObject } from './object-store.ts'
import { type S3Config, s3Store } from './s3-store.ts'

type Config = { dir: string; s3: S3Config | undefined; timeoutMs: number }
type Deps = { config: Config; registry: Registry; log: Logger }

/** S3 when it is configured, else a folder; behind a breaker either way. */
export function openStore({ config, registry, log }: Deps): ObjectStore & Disposable {
  const store = config.s3 ? s3Store(config.s3) : fileStore(config.dir)
  const options = { registry, log, timeoutMs: config.timeoutMs }
  const puts = createBreaker(
    { ...options, name: 'objects-put' },
    (deadline, object: StoredObject, signal: AbortSignal) =>
      store.put(object, AbortSignal.any([deadline, signal])),
  )
  const gets = createBreaker(
    { ...options, name: 'objects-get' },
    (deadline, key: string, signal: AbortSignal) => store.get(key, AbortSignal.any([deadline, signal])),
  )
  return {
    put: (object, signal) => puts.call(object, signal),
    get: (key, signal) => gets.call(key, signal),
    [Symbol.dispose]() {
      puts[Symbol.dispose]()
      gets[Symbol.dispose]()
    },
  }
}
