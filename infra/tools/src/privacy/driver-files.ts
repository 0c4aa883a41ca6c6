import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { S3mini } from 's3mini'

/** Where the assistants keep what drivers send: a folder, or S3 by the names of its variables. */
export type FilesConfig =
  | { dir: string }
  | { endpoint: string; region: string; accessKeyId: string; secretAccessKey: string }

export type DriverFiles = {
  /** `undefined` when it is gone already. */
  read(key: string): Promise<Uint8Array | undefined>
  /** Whether there was one. */
  remove(key: string): Promise<boolean>
}

const KEY = /^[0-9a-f]{2}\/[0-9a-f]{64}\.[a-z0-9]{1,8}$/

/** By the variables of the assistant. */
export function filesConfig(env: Readonly<Record<string, string | undefined>>, dir: string): FilesConfig {
  const endpoint = env.MEDIA_S3_ENDPOINT
  if (!endpoint) return { dir: env.MEDIA_DIR || dir }
  return {
    endpoint,
    region: env.MEDIA_S3_REGION || 'us-east-1',
    accessKeyId: env.MEDIA_S3_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.MEDIA_S3_SECRET_ACCESS_KEY ?? '',
  }
}

export function openFiles(config: FilesConfig): DriverFiles {
  return 'dir' in config ? inFolder(config.dir) : inS3(new S3mini(config))
}

function inFolder(dir: string): DriverFiles {
  const read = (key: string) => unlessMissing(() => readFile(pathOf(dir, key)))
  return {
    read,
    async remove(key) {
      const removed = await unlessMissing(async () => {
        await rm(pathOf(dir, key))
        return true
      })
      return removed ?? false
    },
  }
}

function inS3(client: S3mini): DriverFiles {
  return {
    async read(key) {
      const bytes = await client.getObjectArrayBuffer(checked(key))
      return bytes === null ? undefined : new Uint8Array(bytes)
    },
    async remove(key) {
      const isThere = (await client.objectExists(checked(key))) === true
      return isThere && (await client.deleteObject(key))
    },
  }
}

const pathOf = (dir: string, key: string) => join(dir, checked(key))

function checked(key: string): string {
  if (!KEY.test(key)) throw new Error('not the key of an object')
  return key
}

async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
