import { type Measured, NOTHING } from './measure-intents.ts'

type Ways = Readonly<Record<string, readonly Measured[]>>

const Z = 1.96

/** Wilson's interval at 95 %, in percent. */
export function interval(right: number, of: number): string {
  if (of === 0) return '–'
  const share = right / of
  const middle = (share + Z ** 2 / (2 * of)) / (1 + Z ** 2 / of)
  const half = (Z / (1 + Z ** 2 / of)) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2))
  return `${percent(share)} (${percent(middle - half)}–${percent(middle + half)})`
}

export function accuracy(measured: readonly Measured[]): { right: number; of: number } {
  return { right: measured.filter(({ isRight }) => isRight).length, of: measured.length }
}

export const inScope = (measured: readonly Measured[]) => measured.filter(({ intent }) => intent !== NOTHING)
export const outOfScope = (measured: readonly Measured[]) =>
  measured.filter(({ intent }) => intent === NOTHING)

/** A row for each way of understanding and each part of the data. */
export function accuracyTable(
  ways: Ways,
  parts: readonly (readonly [string, (row: Measured) => boolean])[],
): string {
  const lines = Object.entries(ways).flatMap(([way, measured]) =>
    parts.map(([name, belongs]) => {
      const rows = measured.filter(belongs)
      const [meant, others] = [accuracy(inScope(rows)), accuracy(outOfScope(rows))]
      const mistakes = rows.reduce((sum, row) => sum + row.mistakes.length, 0)
      return `| ${way} | ${name} | ${meant.of} | ${interval(meant.right, meant.of)} | ${others.of} | ${interval(others.right, others.of)} | ${mistakes} |`
    }),
  )
  return [
    '| how | sentences | in scope | right, % | out of scope | left alone, % | written by mistake |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n')
}

/** What was meant in the rows, what was understood in the columns. */
export function confusionTable(measured: readonly Measured[]): string {
  const answers = [...new Set(measured.map(({ answer }) => answer))].sort()
  const intents = [...new Set(measured.map(({ intent }) => intent))].sort()
  const count = (intent: string, answer: string) =>
    measured.filter((row) => row.intent === intent && row.answer === answer).length
  return [
    `| meant ↓ understood → | ${answers.join(' | ')} |`,
    `| --- |${answers.map(() => ' ---: |').join('')}`,
    ...intents.map(
      (intent) => `| ${intent} | ${answers.map((answer) => count(intent, answer) || '·').join(' | ')} |`,
    ),
  ].join('\n')
}

export function languagesOf(measured: readonly Measured[]): string[] {
  return [...new Set(measured.map(({ lang }) => lang))].sort()
}

const percent = (share: number) => (100 * share).toFixed(1)
