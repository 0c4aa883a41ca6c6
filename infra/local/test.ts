import { randomUUID } from 'node:crypto'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { CHECKS, type Check, type CheckResult, readTestArgs } from './checks/checks.ts'
import { runLauncher } from './launcher.ts'
import { startServers } from './servers/start-servers.ts'

await runLauncher(async (signal) => {
  const { kinds, jestPatterns } = readTestArgs(process.argv.slice(2))
  using reports = mkdtempDisposableSync(join(tmpdir(), 'waybill-reports-'))
  await using opened = new AsyncDisposableStack()
  const needServers = kinds.includes('int') || kinds.includes('e2e')
  // They start while the checks that need none run.
  const servers = needServers ? startServersIn(opened, signal) : undefined
  servers?.catch(() => {})

  async function run(check: Check): Promise<CheckResult> {
    const env = (check.kind === 'int' || check.kind === 'e2e' ? await servers : undefined) ?? {}
    return check.run({ signal, reportDir: reports.path, jestPatterns, env, onFile })
  }

  let passed = 0
  let failed = 0
  for (const check of CHECKS.filter(({ kind }) => kinds.includes(kind))) {
    const result = await run(check).catch((error: unknown) => {
      signal.throwIfAborted()
      return { passed: 0, failed: 1, failures: [String(error)], tookMs: 0 }
    })
    passed += result.passed
    failed += result.failed
    print(check.name, result)
  }
  console.log(`\n${passed} passed, ${failed} failed`)
  return failed === 0 && passed > 0 ? 0 : 1
})

/** One set for the whole run. Returns how tests find it. */
async function startServersIn(
  opened: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const dir = join(tmpdir(), `waybill-test-${randomUUID()}`)
  const servers = opened.use(await startServers({ dir, isThrowaway: true, log: () => {}, signal }))
  return {
    TEST_POSTGRES_URL: servers.postgresUrl,
    TEST_REDIS_URL: servers.redisUrl,
    TEST_AMQP_URL: servers.amqpUrl,
    TEST_RABBITMQ_MANAGEMENT_URL: servers.rabbitmqManagementUrl,
  }
}

function onFile(line: string) {
  console.log(styleText('dim', `    ${line}`))
}

function print(name: string, { passed, failed, failures, tookMs }: CheckResult) {
  const mark = failed > 0 ? styleText('red', '✗') : styleText('green', '✓')
  const counts = `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`
  console.log(`  ${mark} ${name.padEnd(16)} ${counts.padEnd(24)} ${(tookMs / 1_000).toFixed(1)} s`)
  for (const failure of failures) console.log(`\n${failure}\n`)
}
