import { createHash } from 'node:crypto'
import { chmodSync, chownSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export type Account = { uid: number; gid: number }

const NOBODY: Account = { uid: 65534, gid: 65534 }

/** Whom the servers run as: nobody when root starts them (PostgreSQL refuses root), else ourselves. */
export function serverAccount(): Account | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined
}

/**
 * Where the servers' files for `dir` are: there, or in a directory of its own below the system's temporary one
 * when the account cannot reach it (a checkout in root's home).
 */
export function reachableDir(dir: string, account: Account | undefined): string {
  if (!account || ancestors(dir).every((it) => mayEnter(it, account))) return dir
  return join(tmpdir(), `waybill-${createHash('sha256').update(resolve(dir)).digest('hex').slice(0, 12)}`)
}

/** A directory of ours that everybody may pass through. */
export function openDir(dir: string): string {
  return claimDir(dir, 0o711, process.getuid?.())
}

/** A directory that only the account may enter. */
export function privateDir(dir: string, account: Account | undefined): string {
  claimDir(dir, 0o700, account?.uid)
  if (account) chownSync(dir, account.uid, account.gid)
  return dir
}

// The temporary directory is everybody's: what somebody else has put there in our place is not to be trusted.
function claimDir(dir: string, mode: number, owner: number | undefined): string {
  mkdirSync(dir, { recursive: true })
  const found = lstatSync(dir)
  if (!found.isDirectory() || ![process.getuid?.(), owner].includes(found.uid)) {
    throw new Error(`${dir} belongs to somebody else: remove it, or start as its owner.`)
  }
  chmodSync(dir, mode)
  return dir
}

function ancestors(dir: string): string[] {
  const path = resolve(dir)
  return path === '/' ? ['/'] : [...ancestors(dirname(path)), path]
}

function mayEnter(dir: string, { uid }: Account): boolean {
  const found = statSync(dir, { throwIfNoEntry: false })
  return !found || (found.mode & (found.uid === uid ? 0o100 : 0o001)) !== 0
}
