import { spawnSync } from 'node:child_process'
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from '@jest/globals'

const path = (it: string) => fileURLToPath(new URL(it, import.meta.url))
const CHECKOUT = path('../..')

const FOUND = [
  'it.signature === other',
  'other != it.appSecret',
  'it.adminToken == other',
  'it.token !== other',
]
const LEFT_ALONE = ['it.signature === undefined', 'it.secret.length === other', "it.token === ''"]

it('S1: the linter refuses to compare a secret by itself', () => {
  using dir = mkdtempDisposableSync(join(tmpdir(), 'waybill-lint-'))
  const conditions = [...FOUND, ...LEFT_ALONE]
  writeFileSync(join(dir.path, 'biome.json'), JSON.stringify({ plugins: [path('compare-secrets.grit')] }))
  writeFileSync(join(dir.path, 'a.ts'), conditions.map((it, n) => `export const a${n} = ${it}\n`).join(''))
  const { stderr } = spawnSync(`${CHECKOUT}/node_modules/.bin/biome`, ['lint', '--colors=off', 'a.ts'], {
    cwd: dir.path,
    encoding: 'utf8',
  })
  const lines = [...stderr.matchAll(/^a\.ts:(\d+):\d+ plugin/gm)].map(([, line]) => Number(line))
  expect(lines.map((line) => conditions[line - 1])).toEqual(FOUND)
})
