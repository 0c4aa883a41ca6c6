import { once } from 'node:events'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { LOCAL_DIR, runLauncher } from '@waybill/local'
import type { Fault } from './catalogue/fault.ts'
import { FAULTS } from './catalogue/index.ts'
import { mixOf } from './catalogue/mix.ts'
import { isGreen, type Verdict } from './checker.ts'
import { type FaultStack, startFaultStack } from './fault-stack.ts'
import { readHistory } from './history.ts'
import { HELP, type RunCommand, readArguments } from './options.ts'
import { complaintsOf, summaryOf, tableOf } from './report.ts'
import { runFault, verdictOf } from './run-fault.ts'

await runLauncher(async (signal) => {
  const command = readArguments(process.argv.slice(2), join(LOCAL_DIR, 'faults'))
  if (command.do === 'help') return say(HELP)
  if (command.do === 'list')
    return say(FAULTS.map(({ name, what }) => `${name.padEnd(28)} ${what}`).join('\n'))
  if (command.do === 'check') return conclude(command.files.map((file) => verdictOf(readHistory(file))))
  return conclude(await runAll(command, signal))
})

async function runAll({ faults, soakMinutes, drivers, ...run }: RunCommand, signal: AbortSignal) {
  const verdicts: Verdict[] = []
  const stopped = once(signal, 'abort').then(() => {
    process.on('unhandledRejection', () => {}) // whatever was under way with a system that goes
    throw new Error('stopped')
  })
  stopped.catch(() => {})
  const one = async (system: FaultStack, fault: Fault, seed: number) => {
    signal.throwIfAborted()
    const running = runFault(system, fault, { ...run, seed })
    running.catch(() => {}) // of a system that is stopped under it
    const verdict = await Promise.race([running, stopped])
    verdicts.push(verdict)
    const mark = isGreen(verdict) ? styleText('green', '✓') : styleText('red', '✗')
    progress(`${mark} ${fault.name} (${verdict.historyFile})`)
    if (!isGreen(verdict)) console.log(complaintsOf(verdict))
  }

  const wanted = faults.map((name, index) => {
    // A name that comes again has the next seed: one seed twice is the same run twice.
    const seed = run.seed + faults.slice(0, index).filter((other) => other === name).length
    return { fault: FAULTS.find((fault) => fault.name === name) ?? mixOf(seed), seed }
  })
  for (const [kind, group] of Map.groupBy(wanted, ({ fault }) => fault.system ?? 'plain')) {
    await using system = await startFaultStack({ drivers, kind, log: progress })
    for (const { fault, seed } of group) await one(system, fault, seed)
  }
  if (soakMinutes > 0) {
    await using system = await startFaultStack({ drivers, kind: 'plain', log: progress })
    const until = Date.now() + soakMinutes * 60_000
    for (let seed = run.seed; Date.now() < until; seed += 1) await one(system, mixOf(seed), seed)
  }
  return verdicts
}

function conclude(verdicts: readonly Verdict[]): number {
  console.log(`\n${tableOf(verdicts)}`)
  const faults = new Set(verdicts.map(({ fault }) => fault))
  if (faults.size < verdicts.length) console.log(`\n${summaryOf(verdicts)}`)
  const red = verdicts.filter((verdict) => !isGreen(verdict))
  for (const verdict of red)
    console.log(`\n${verdict.fault} (seed ${verdict.seed})\n${complaintsOf(verdict)}`)
  console.log(`\n${verdicts.length - red.length} green, ${red.length} red`)
  return red.length === 0 && verdicts.length > 0 ? 0 : 1
}

function progress(line: string) {
  console.log(styleText('dim', `  ${line}`))
}

function say(text: string): number {
  console.log(text)
  return 0
}
