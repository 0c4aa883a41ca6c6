import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { repeat } from '@waybill/service-kit'
import type { Logger } from 'pino'
import { loadLanguages } from '../input/look-at-language.ts'
import type { Metrics } from '../metrics.ts'
import type { Policy } from './policy.ts'
import { DEFAULT_POLICY, policyName, readPolicy } from './read-policy.ts'

export type Policies = AsyncDisposable & {
  /** A tenant who has none gets the default one. */
  policyOf: (tenant?: string) => Policy
}

type Options = {
  /** `policy.yaml`, and `<tenant>.policy.yaml` for those who have their own. */
  dir: string
  /** There is a model to ask. Without, a policy that wants one is refused. */
  hasJudge: boolean
  metrics: Pick<Metrics, 'policyLoadedAt' | 'policyReloadFailures'>
  log: Logger
  intervalMs?: number
}

type PolicyFile = { path: string; state: string }

const AGAIN_MS = { min: 1_000, max: 60_000 }

/**
 * Reads all policies, and throws with all that is wrong with them. From then on a file that has changed, was replaced
 * or came in addition is read within about a second; one with mistakes leaves the policy as it was. Looked at again and
 * again: events do not tell of the symlink of a ConfigMap that is swapped.
 */
export async function watchPolicies(options: Options): Promise<Policies> {
  const { dir, hasJudge, metrics, log, intervalMs = 1_000 } = options
  const policies = new Map<string, Policy>()
  const seen = new Map<string, string>()

  const broken = await reload()
  if (broken.length > 0)
    throw new Error(
      broken.map(({ error }) => (error instanceof Error ? error.message : String(error))).join('\n'),
    )
  const first = policies.get(DEFAULT_POLICY)
  if (!first) throw new Error(`there is no policy.yaml in ${dir}`)

  const watching = repeat({
    intervalMs,
    againMs: AGAIN_MS,
    run: async () => (await reload()).forEach(failed),
    onError: (error) => failed({ name: DEFAULT_POLICY, error }),
  })
  return {
    policyOf: (tenant = DEFAULT_POLICY) => policies.get(tenant) ?? policies.get(DEFAULT_POLICY) ?? first,
    [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose](),
  }

  async function reload(): Promise<{ name: string; error: unknown }[]> {
    const broken: { name: string; error: unknown }[] = []
    const files = await policyFiles(dir)
    for (const [name, file] of files) {
      if (seen.get(name) === file.state) continue
      seen.set(name, file.state)
      try {
        await read(name, file)
      } catch (error) {
        broken.push({ name, error })
      }
    }
    for (const name of [...seen.keys()].filter((it) => !files.has(it))) {
      seen.delete(name)
      if (name === DEFAULT_POLICY)
        broken.push({ name, error: new Error(`there is no policy.yaml in ${dir}`) })
      else forget(name)
    }
    return broken
  }

  async function read(name: string, { path, state }: PolicyFile): Promise<void> {
    const text = await readFile(path, 'utf8')
    if ((await stateOf(path)) !== state) {
      seen.delete(name) // Somebody is writing it.
      return
    }
    const policy = readPolicy(text, path)
    if (policy.judge && !hasJudge)
      throw new Error(`${path}: judge: needs JUDGE_API_KEY, which is not set; allowed: no judge`)
    if (policy.languages.length > 0) await loadLanguages()
    policies.set(name, policy)
    metrics.policyLoadedAt.set({ policy: name }, Date.now() / 1_000)
    log.info({ policy: policy.version }, 'a policy was read')
  }

  function forget(name: string): void {
    policies.delete(name)
    metrics.policyLoadedAt.remove({ policy: name })
    log.info({ policy: name }, 'a policy is gone: the default one is in its place')
  }

  function failed({ name, error }: { name: string; error: unknown }): void {
    metrics.policyReloadFailures.inc({ policy: name })
    log.error({ err: error, policy: name }, 'a policy could not be read: the one before stays')
  }
}

/** By the names of the policies; those that are there. */
async function policyFiles(dir: string): Promise<Map<string, PolicyFile>> {
  const files = new Map<string, PolicyFile>()
  for (const file of await readdir(dir)) {
    const name = policyName(file)
    if (name === undefined) continue
    const path = join(dir, file)
    const state = await stateOf(path)
    if (state !== undefined) files.set(name, { path, state })
  }
  return files
}

/** Another file, through whatever symlinks, has another inode; the same one has another time. */
async function stateOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true })
    return [dev, ino, size, mtimeNs].join(' ')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
