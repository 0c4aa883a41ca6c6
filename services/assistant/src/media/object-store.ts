/** Where files of drivers are kept. Every call throws when the store can't be reached. */
export type ObjectStore = {
  /** The same bytes are one object, however often they are put. Returns its key. */
  put(object: StoredObject, signal: AbortSignal): Promise<string>
  /** `undefined` when there is none. */
  get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined>
}
export type StoredObject = { bytes: Uint8Array; sha256: string; extension: string; contentType: string }

const KEY = /^[0-9a-f]{2}\/[0-9a-f]{64}\.[a-z0-9]{1,8}$/

/** Made of what the bytes are: nothing that a driver wrote becomes part of a path. */
export function keyOf({ sha256, extension }: Pick<StoredObject, 'sha256' | 'extension'>): string {
  return checkedKey(`${sha256.slice(0, 2)}/${sha256}.${extension}`)
}

export function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new Error('not the key of an object')
  return key
}
