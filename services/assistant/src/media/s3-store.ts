import { fetchAtMost } from '@waybill/resilience'
import { S3mini } from 's3mini'
import { checkedKey, keyOf, type ObjectStore } from './object-store.ts'

export type S3Config = {
  /** With the bucket: `https://s3.eu-west-1.amazonaws.com/waybill-media`. */
  endpoint: string
  region: string
  accessKeyId: string
  secretAccessKey: string
}

// More than any file that is taken from a driver.
const fetchObject = fetchAtMost(16 * 1024 ** 2, { name: 'object-store' })

/** Any store that speaks S3: AWS, MinIO, R2, Ceph, … */
export function s3Store(config: S3Config): ObjectStore {
  // The client takes one fetch for its life, and a signal belongs to a call: a client for a call costs nothing.
  const clientFor = (signal: AbortSignal) =>
    new S3mini({
      ...config,
      fetch: (input, init) => fetchObject(input, { ...init, signal }),
    })
  return {
    async put({ bytes, contentType, ...object }, signal) {
      const key = keyOf(object)
      const answer = await clientFor(signal).putObject(key, bytes, contentType)
      await answer.body?.cancel()
      return key
    },
    async get(key, signal) {
      const bytes = await clientFor(signal).getObjectArrayBuffer(checkedKey(key))
      return bytes === null ? undefined : new Uint8Array(bytes)
    },
  }
}
