import { randomUUID } from 'node:crypto'
import { access, mkdir, open, readFile, rename, rm, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checkedKey, keyOf, type ObjectStore } from './object-store.ts'

const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

/** Files of this machine. Written beside their place and then renamed: nobody finds half a file. */
export function fileStore(folder: string): ObjectStore {
  return {
    async put({ bytes, ...object }, signal) {
      const key = keyOf(object)
      const path = join(folder, key)
      if (await renew(path)) return key
      await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE })
      const unfinished = `${path}.${randomUUID()}`
      try {
        await using file = await open(unfinished, 'wx', FILE_MODE)
        await file.writeFile(bytes, { signal })
        await file.sync()
        await rename(unfinished, path)
      } catch (error) {
        await rm(unfinished, { force: true })
        throw error
      }
      return key
    },
    async get(key, signal) {
      const path = join(folder, checkedKey(key))
      return (await exists(path)) ? readFile(path, { signal }) : undefined
    },
  }
}

/** The same bytes again are kept as long as the last time asks for. `false`: there are none. */
async function renew(path: string): Promise<boolean> {
  try {
    const now = new Date()
    await utimes(path, now, now)
    return true
  } catch {
    return false
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
