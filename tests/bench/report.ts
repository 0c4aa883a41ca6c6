import { markdownTable } from '../markdown-table.ts'
import type { Machine } from './machine.ts'
import type { Result } from './measure.ts'

/** What a run leaves behind: `--json`. */
export type Run = { commit: string; machine: Machine; results: readonly Result[] }

const COLUMNS = ['', 'measure', 'value', 'ceiling of the same run', 'ratio', 'to reach', ''] as const

/** A Markdown table, a row for each result, and what has to be said about them. */
export function reportOf({ commit, machine, results }: Run): string {
  const notes = results.flatMap((result, index) => {
    const isLast = results[index + 1]?.id !== result.id
    const ofSame = results.filter(({ id }) => id === result.id).flatMap((it) => it.notes ?? [])
    return isLast ? [...new Set(ofSame)].map((note) => `- ${result.id}: ${note}`) : []
  })
  return [
    `Commit ${commit}. ${sentenceOf(machine)}`,
    markdownTable(COLUMNS, results.map(rowOf)),
    notes.join('\n'),
  ].join('\n\n')
}

/** The same measures of two runs, by the ratio where there is one. */
export function comparisonOf(before: Run, after: Run): string {
  const rows = after.results.map((result): string[] => {
    const earlier = before.results.find(({ id, measure }) => id === result.id && measure === result.measure)
    const [was, is] = [earlier && comparable(earlier), comparable(result)]
    const change = was === undefined ? 'new' : `${is >= was ? '+' : ''}${((is / was - 1) * 100).toFixed(0)} %`
    const values = [earlier, result].map((it) =>
      it ? [withUnit(it), ratioOf(it)].filter(Boolean).join(', ratio ') : '',
    )
    return [result.id, result.measure, ...values, change]
  })
  return markdownTable(['', 'measure', before.commit, after.commit, 'change'], rows)
}

/** Of numbers that grow by thousands nobody wants decimals, and of small ones three digits. */
export function amount(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

const comparable = ({ ratio, value }: Result): number => ratio ?? value
const withUnit = ({ value, unit }: Result): string => `${amount(value)} ${unit}`
const ratioOf = ({ ratio }: Result): string => (ratio === undefined ? '' : ratio.toFixed(2))

function rowOf(result: Result): string[] {
  const { id, measure, ceiling, unit, target, met } = result
  return [
    id,
    measure,
    withUnit(result),
    ceiling ? `${amount(ceiling.value)} ${unit}: ${ceiling.what}` : '',
    ratioOf(result),
    target ?? '',
    met === undefined ? '' : met ? '✓' : '✗',
  ]
}

function sentenceOf({ cpu, cores, memoryGb, loadAverage, versions }: Machine): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `${cores} cores (${cpu}), ${memoryGb} GB, ${programs.join(', ')}; load average before it ${loadAverage.toFixed(1)}.`
}
