import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import process, { argv, env, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url))
const WORKERS = 2
const MINUTE_MS = 60_000
const ROUND_MS_MAX = 30_000
/** A case that never ends is one that fails. */
const GRACE_MS = 5 * MINUTE_MS

const line = z.object({ name: z.string(), testPath: z.string(), numRuns: z.number(), failed: z.boolean() })

/** Every property of every test, for so many minutes in all, with cases that nobody has seen: `npm run fuzz -- --minutes 10`. */
const { values } = parseArgs({
  args: argv.slice(2),
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' }, only: { type: 'string' } },
})
const minutes = z.coerce.number().positive().parse(values.minutes)
const seed = z.coerce
  .number()
  .int()
  .parse(values.seed ?? Math.floor(Math.random() * 2 ** 31))

const files = globSync('{packages,services,infra}/*/{src,test}/**/*.test.ts', { cwd: CHECKOUT })
  .filter((file) => !file.includes('node_modules') && file.includes(values.only ?? ''))
  .map((file) => ({ file, text: readFileSync(join(CHECKOUT, file), 'utf8') }))
  .filter(({ text }) => text.includes("from 'fast-check'"))
const properties = files.reduce(
  (sum, { text }) => sum + (text.match(/\bfc\.(?:asyncP|p)roperty\(/g)?.length ?? 0),
  0,
)
// Tests have a timeout of their own: what has more time than that has it in rounds.
const wholeMs = (minutes * MINUTE_MS * WORKERS) / Math.max(1, properties)
const rounds = Math.ceil(wholeMs / ROUND_MS_MAX)
const propertyMs = Math.ceil(wholeMs / rounds)
console.log(`${properties} properties in ${files.length} files, ${Math.round(wholeMs / 1_000)} s each`)

using dir = mkdtempDisposableSync(join(tmpdir(), 'waybill-fuzz-'))
const report = join(dir.path, 'report.jsonl')
writeFileSync(report, '')
let areAllWell = true
for (let round = 0; round < rounds; round += 1) areAllWell = (await runRound(seed + round)) && areAllWell

const ran = Map.groupBy(
  readFileSync(report, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((it) => line.parse(JSON.parse(it))),
  ({ testPath, name }) => `${relative(CHECKOUT, testPath)}: ${name}`,
)
for (const [name, lines] of ran) {
  const verdict = lines.some(({ failed }) => failed) ? 'FAILED' : 'held'
  console.log(`${verdict.padEnd(6)} ${String(casesOf(lines)).padStart(10)}  ${name}`)
}
const all = [...ran.values()].flat()
console.log(
  `${casesOf(all)} cases of ${ran.size} properties, ${all.filter((it) => it.failed).length} failures`,
)
process.exitCode = areAllWell ? 0 : 1

async function runRound(roundSeed: number): Promise<boolean> {
  console.log(`seed ${roundSeed}`)
  const jest = spawn(
    execPath,
    [
      ...[
        '--conditions=@waybill/source',
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
      ],
      ...['node_modules/jest/bin/jest.js', '--selectProjects', 'unit', 'integration', '-w', String(WORKERS)],
      ...['--testTimeout', String(propertyMs + GRACE_MS), '--silent', '--reporters', 'default'],
      ...['--setupFilesAfterEnv', join(CHECKOUT, 'tests/fuzz/lengthen.ts')],
      ...['--runTestsByPath', ...files.map(({ file }) => file)],
    ],
    {
      cwd: CHECKOUT,
      stdio: 'inherit',
      timeout: propertyMs * properties + GRACE_MS,
      env: { ...env, FUZZ_MS: String(propertyMs), FUZZ_SEED: String(roundSeed), FUZZ_REPORT: report },
    },
  )
  const [code, signal] = await once(jest, 'exit')
  if (signal) console.log('a case took so long that it was given up')
  return code === 0
}

function casesOf(lines: readonly z.output<typeof line>[]): number {
  return lines.reduce((sum, { numRuns }) => sum + numRuns, 0)
}
