import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { types } from 'node:util'

const LEAVING = '.leaving'

/**
 * Removes drivers' files that were last put before `beforeMs` from the folder where the assistants keep them, together with
 * what was left of files half written. How many. Safe from several places at once, and while the same bytes are put again.
 */
export async function removeOldFiles(folder: string, beforeMs: number, signal: AbortSignal): Promise<number> {
  let removed = 0
  for (const part of await readdirIfThere(folder)) {
    if (!/^[0-9a-f]{2}$/.test(part)) continue
    for (const name of await readdirIfThere(join(folder, part))) {
      if (signal.aborted) return removed
      if (await removeIfOld(join(folder, part, name), beforeMs)) removed += 1
    }
  }
  return removed
}

/** Out of the way before it is looked at for the last time: whoever puts the same bytes from here on writes them anew. */
async function removeIfOld(path: string, beforeMs: number): Promise<boolean> {
  return unlessGone(async () => {
    const place = path.endsWith(LEAVING) ? path.slice(0, -LEAVING.length) : path
    const leaving = place + LEAVING
    if (path === place) {
      if ((await stat(place)).mtimeMs >= beforeMs) return false
      await rename(place, leaving)
    }
    if ((await stat(leaving)).mtimeMs >= beforeMs) {
      await rename(leaving, place)
      return false
    }
    await rm(leaving)
    return true
  }, false)
}

const readdirIfThere = (folder: string) => unlessGone(() => readdir(folder), [])

async function unlessGone<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (types.isNativeError(error) && 'code' in error && error.code === 'ENOENT') return otherwise
    throw error
  }
}
