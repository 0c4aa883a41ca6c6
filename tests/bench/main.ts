import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposableSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { styleText } from 'node:util'
import { CHECKOUT, LOCAL_DIR, runLauncher, startServers } from '@waybill/local'
import { checkoutOf } from '../checkout-of.ts'
import { describeCommit, describeMachine } from './machine.ts'
import type { Result } from './measure.ts'
import { MEASURES } from './measures/index.ts'
import { HELP, type RunCommand, readArguments } from './options.ts'
import { comparisonOf, type Run, reportOf } from './report.ts'
import { withReport } from './write-report.ts'

const DOCUMENT = join(CHECKOUT, 'docs/performance.md')

await runLauncher(async (signal) => {
  const ids = MEASURES.map(({ id }) => id)
  const command = readArguments(process.argv.slice(2), ids)
  if (command.do === 'help') return say(HELP)
  if (command.do === 'compare') {
    const [before, after] = command.files
    return say(comparisonOf(readRun(before), readRun(after)))
  }
  const before = command.against === undefined ? undefined : await runOf(command.against, command)
  const stopped = once(signal, 'abort').then(() => process.exit(130)) // the kernel ends what we have started
  const { run, failed } = await Promise.race([measureAll(command, signal), stopped])
  console.log(`\n${reportOf(run)}`)
  if (before) console.log(`\n${comparisonOf(before, run)}`)
  if (command.jsonFile !== undefined) writeFileSync(command.jsonFile, `${JSON.stringify(run, null, 2)}\n`)
  if (command.isWritten) writeFileSync(DOCUMENT, withReport(readFileSync(DOCUMENT, 'utf8'), reportOf(run)))
  for (const { id, error } of failed) console.error(`\n${id} could not be measured:`, error)
  return failed.length === 0 ? 0 : 1
})

async function measureAll({ only, isLong, isWritten }: RunCommand, signal: AbortSignal) {
  const dir = join(LOCAL_DIR, 'bench')
  using _data = { [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
  // On disk, and waiting for it: a confirm that costs nothing would say nothing.
  await using servers = await startServers({ dir, isFresh: true, log: progress, signal })
  env.TEST_POSTGRES_URL = servers.postgresUrl
  env.TEST_REDIS_URL = servers.redisUrl
  env.TEST_AMQP_URL = servers.amqpUrl
  env.TEST_RABBITMQ_MANAGEMENT_URL = servers.rabbitmqManagementUrl

  const [commit, machine] = [await describeCommit(), await describeMachine(servers)]
  const results: Result[] = []
  const failed: { id: string; error: unknown }[] = []
  for (const measure of MEASURES.filter(({ id }) => only.length === 0 || only.includes(id))) {
    const since = performance.now()
    try {
      results.push(...(await measure.run({ share: 1, isLong, isWritten, log: progress })))
    } catch (error) {
      failed.push({ id: measure.id, error })
    }
    progress(`${measure.id} ${measure.title} (${Math.round((performance.now() - since) / 1_000)} s)`)
  }
  const run: Run = { commit, machine, results }
  return { run, failed }
}

/** The bench of another commit, on the same machine. */
async function runOf(commit: string, { only, isLong }: RunCommand): Promise<Run> {
  await using other = await checkoutOf(commit)
  using dir = mkdtempDisposableSync(join(tmpdir(), 'waybill-bench-'))
  const file = join(dir.path, 'run.json')
  const options = [...(only.length > 0 ? ['--only', only.join(',')] : []), ...(isLong ? ['--long'] : [])]
  const child = spawn(
    process.execPath,
    [join(other.dir, 'infra/local/bootstrap.mjs'), 'bench', '--json', file, ...options],
    { cwd: other.dir, stdio: 'inherit' },
  )
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`The bench of ${commit} ended with ${code}.`)
  return readRun(file)
}

function readRun(file: string): Run {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function progress(line: string) {
  console.log(styleText('dim', `  ${line}`))
}

function say(text: string): number {
  console.log(text)
  return 0
}
