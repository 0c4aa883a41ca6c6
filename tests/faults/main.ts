import { join } from 'node:path'
import { styleText } from 'node:util'
import { LOCAL_DIR, runLauncher } from '@waybill/local'
import { FAULTS } from './catalogue/index.ts'
import { isGreen, type Verdict } from './checker.ts'
import { startFaultStack } from './fault-stack.ts'
import { readHistory } from './history.ts'
import { HELP, type RunCommand, readArguments } from './options.ts'
import { complaintsOf, tableOf } from './report.ts'
import { runFault, verdictOf } from './run-fault.ts'

await runLauncher(async (signal) => {
  const command = readArguments(process.argv.slice(2), join(LOCAL_DIR, 'faults'))
  if (command.do === 'help') return say(HELP)
  if (command.do === 'list')
    return say(FAULTS.map(({ name, what }) => `${name.padEnd(28)} ${what}`).join('\n'))
  if (command.do === 'check') return conclude([verdictOf(readHistory(command.file))])
  if (command.do === 'soak') throw new Error('not yet')
  return conclude(await runAll(command, signal))
})

async function runAll({ faults, drivers, ...run }: RunCommand, signal: AbortSignal): Promise<Verdict[]> {
  const wanted = FAULTS.filter(({ name }) => faults.includes(name))
  const verdicts: Verdict[] = []
  for (const [kind, group] of Map.groupBy(wanted, ({ system = 'plain' }) => system)) {
    await using system = await startFaultStack({ drivers, kind, log: progress })
    for (const fault of group) {
      if (signal.aborted) continue
      const verdict = await runFault(system, fault, run)
      verdicts.push(verdict)
      const mark = isGreen(verdict) ? styleText('green', '✓') : styleText('red', '✗')
      progress(`${mark} ${fault.name} (${verdict.historyFile})`)
      if (!isGreen(verdict)) console.log(complaintsOf(verdict))
    }
  }
  return verdicts
}

function conclude(verdicts: readonly Verdict[]): number {
  console.log(`\n${tableOf(verdicts)}`)
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
