import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CHECKOUT } from '../launcher.ts'
import { SERVICES } from '../stack/services.ts'
import { type Tally, tallyJest } from './jest-report.ts'
import { runCommand } from './run-command.ts'

export const KINDS = ['lint', 'types', 'unit', 'int', 'e2e'] as const
export type Kind = (typeof KINDS)[number]

export type Check = {
  kind: Kind
  name: string
  run(context: CheckContext): Promise<CheckResult>
}

export type CheckResult = Tally & { tookMs: number }

export type CheckContext = {
  signal: AbortSignal
  /** For reports; gone after the run. */
  reportDir: string
  jestPatterns: readonly string[]
  /** Names the servers of this run. */
  env: Record<string, string>
  onFile: (line: string) => void
}

export const CHECKS: readonly Check[] = [
  staticCheck('lint', 'format and lint', 'biome', ['check', '.']),
  staticCheck('lint', 'lint with types', 'oxlint', ['--type-aware', '--deny-warnings']),
  staticCheck('types', 'types', 'tsc', ['--noEmit']),
  staticCheck('types', 'build', 'tsc', ['--build', ...SERVICES.map((name) => `services/${name}`)]),
  jestCheck('unit', 'unit', 2),
  jestCheck('int', 'integration', 2),
  jestCheck('e2e', 'e2e', 2),
  jestCheck('e2e', 'load', 1),
]

/** Which kinds of check, and what Jest is to look for. Throws with a sentence that says what is allowed. */
export function readTestArgs(args: readonly string[]): {
  kinds: readonly Kind[]
  jestPatterns: readonly string[]
} {
  const isKind = (it: string) => KINDS.some((kind) => kind === it)
  const firstPattern = args.findIndex((it) => !isKind(it))
  const named = firstPattern < 0 ? args : args.slice(0, firstPattern)
  const jestPatterns = firstPattern < 0 ? [] : args.slice(firstPattern)
  if (named.length === 0 && jestPatterns.length > 0) {
    throw new Error(
      `There is no check called ${jestPatterns[0]}. npm test -- [${KINDS.join('|')}]… [pattern for Jest]`,
    )
  }
  return { kinds: named.length === 0 ? KINDS : KINDS.filter((it) => named.includes(it)), jestPatterns }
}

function staticCheck(kind: Kind, name: string, program: string, args: readonly string[]): Check {
  return {
    kind,
    name,
    async run({ signal }) {
      const { isOk, output, tookMs } = await runCommand(program, args, { signal })
      return { passed: isOk ? 1 : 0, failed: isOk ? 0 : 1, failures: isOk ? [] : [output], tookMs }
    },
  }
}

function jestCheck(kind: Kind, project: string, workers: number): Check {
  return {
    kind,
    name: project,
    async run({ signal, reportDir, jestPatterns, env, onFile }) {
      const report = join(reportDir, `${project}.json`)
      const { output, tookMs } = await runCommand(
        process.execPath,
        [
          '--conditions=@waybill/source',
          '--experimental-vm-modules',
          '--disable-warning=ExperimentalWarning',
          join(CHECKOUT, 'node_modules/jest/bin/jest.js'),
          ...['--selectProjects', project, '--maxWorkers', String(workers)],
          '--passWithNoTests',
          '--json',
          `--outputFile=${report}`,
          '--',
          ...jestPatterns,
        ],
        { env, signal, onLine: (line) => kind !== 'unit' && /^(PASS|FAIL) /.test(line) && onFile(line) },
      )
      return { ...readTally(report, output), tookMs }
    },
  }
}

// Without a report Jest itself has failed, and says why.
function readTally(report: string, output: string): Tally {
  try {
    return tallyJest(readFileSync(report, 'utf8'))
  } catch {
    return { passed: 0, failed: 1, failures: [output] }
  }
}
