import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CHECKOUT } from '@waybill/local'

const run = promisify(execFile)

/** Another commit, with its packages. Needs a clone with a history. */
export async function checkoutOf(commit: string): Promise<{ dir: string } & AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), 'waybill-commit-'))
  const git = (...args: string[]) => run('git', ['-C', CHECKOUT, ...args])
  await git('worktree', 'add', '--detach', dir, commit)
  // It installs its own packages before it says anything.
  await run(process.execPath, [join(dir, 'infra/local/bootstrap.mjs'), 'drivers', '--help'], { cwd: dir })
  return {
    dir,
    async [Symbol.asyncDispose]() {
      await git('worktree', 'remove', '--force', dir)
      await rm(dir, { recursive: true, force: true })
    },
  }
}
