import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { createMetrics } from '../metrics.ts'
import { watchPolicies } from './watch-policies.ts'

const SAMPLE = readFileSync(new URL('fixtures/policy.yaml', import.meta.url), 'utf8')
const withLength = (max: number) => SAMPLE.replace('max: 4096', `max: ${max}`)
const BROKEN = SAMPLE.replace('max: 4096', 'max: many')

let dir: string
let opened: AsyncDisposableStack
let logged: string[]
let registry: Registry
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'policies-'))
  opened = new AsyncDisposableStack()
  opened.defer(() => rmSync(dir, { recursive: true }))
  logged = []
  registry = new Registry()
})
afterEach(async () => {
  await opened.disposeAsync()
})

const write = (text: string, file = 'policy.yaml') => writeFileSync(join(dir, file), text)

async function watch() {
  const log = pino({ level: 'error' }, { write: (line: string) => logged.push(line) })
  const watched = await watchPolicies({
    ...{ dir, hasJudge: false, log, intervalMs: 10 },
    metrics: createMetrics(registry),
  })
  opened.use(watched)
  const lengthMax = (tenant?: string) => watched.policyOf(tenant).lengthMax
  return {
    ...{ policyOf: watched.policyOf, lengthMax },
    /** Waits for a policy with this many characters. */
    becomes: (max: number, tenant?: string) =>
      eventually(() => lengthMax(tenant) === max, { what: `a policy with ${max} characters` }),
  }
}
const failures = async () =>
  (await registry.getSingleMetric('waybill_guardrails_policy_reload_failures_total')?.get())?.values[0]
    ?.value ?? 0
const loaded = async () =>
  (await registry.getSingleMetric('waybill_guardrails_policy_loaded_timestamp_seconds')?.get())?.values.map(
    ({ labels }) => labels.policy,
  )

describe('policies', () => {
  it('are in force as soon as they are written', async () => {
    write(withLength(1))
    const { becomes } = await watch()
    write(withLength(22))
    expect(await becomes(22)).toBe(true)
  })

  it('are in force when another file takes the place, of the same size', async () => {
    write(withLength(1))
    const { becomes } = await watch()
    write(withLength(2), 'new')
    renameSync(join(dir, 'new'), join(dir, 'policy.yaml'))
    expect(await becomes(2)).toBe(true)
  })

  it('are in force when the symlink of a ConfigMap is swapped', async () => {
    const version = (name: string, text: string) => {
      mkdirSync(join(dir, name))
      writeFileSync(join(dir, name, 'policy.yaml'), text)
      symlinkSync(name, join(dir, `${name}-link`))
      renameSync(join(dir, `${name}-link`), join(dir, '..data'))
    }
    version('..2026_1', withLength(1))
    symlinkSync('..data/policy.yaml', join(dir, 'policy.yaml'))
    const { becomes } = await watch()
    version('..2026_2', withLength(2))
    rmSync(join(dir, '..2026_1'), { recursive: true })
    expect(await becomes(2)).toBe(true)
  })

  it('stay as they were when the new one is broken, say so once, and come back when it is mended', async () => {
    write(withLength(1))
    const { lengthMax, becomes, policyOf } = await watch()
    const { version } = policyOf()
    write(BROKEN)
    await eventually(async () => (await failures()) === 1, { what: 'the failure to be counted' })
    write(withLength(3), 'acme.policy.yaml')
    expect(await becomes(3, 'acme')).toBe(true) // Looked at again since.
    expect(await failures()).toBe(1)
    expect(lengthMax()).toBe(1)
    expect(policyOf().version).toBe(version)
    expect(logged.join('')).toContain('checks.length.max: \\"many\\" is not allowed')
    write(withLength(2))
    expect(await becomes(2)).toBe(true)
    expect(await failures()).toBe(1)
  })

  it('stay when the file is gone', async () => {
    write(withLength(1))
    const { lengthMax, becomes } = await watch()
    rmSync(join(dir, 'policy.yaml'))
    await eventually(async () => (await failures()) === 1, { what: 'the failure to be counted' })
    expect(lengthMax()).toBe(1)
    write(withLength(2))
    expect(await becomes(2)).toBe(true)
  })

  it('are those of the tenant, and the default one for whoever has none', async () => {
    write(withLength(1))
    write(withLength(2), 'acme.policy.yaml')
    write('resources: []', 'kustomization.yaml')
    const { lengthMax, becomes, policyOf } = await watch()
    expect(['acme', 'other', undefined].map(lengthMax)).toEqual([2, 1, 1])
    expect(policyOf('acme').version).toMatch(/^acme@/)
    expect(await loaded()).toEqual(['acme', 'default'])
    rmSync(join(dir, 'acme.policy.yaml'))
    expect(await becomes(1, 'acme')).toBe(true)
    expect(await loaded()).toEqual(['default'])
  })

  it('do not start with a broken file, whosever it is', async () => {
    write(SAMPLE)
    write(BROKEN, 'acme.policy.yaml')
    await expect(watch()).rejects.toThrow(/acme\.policy\.yaml:\d+:\d+: checks\.length\.max: "many"/)
  })

  it('do not start without the default one', async () => {
    write(SAMPLE, 'acme.policy.yaml')
    await expect(watch()).rejects.toThrow('there is no policy.yaml')
  })
})
