import { markdownTable } from '../markdown-table.ts'
import { isGreen, type Verdict } from './checker.ts'

const COLUMNS = [
  'fault',
  'seed',
  'messages',
  'sent again',
  'recovered',
  'late',
  'wrong',
  'others answered p50 / p95 / max',
  'ack max',
  'drained after',
  'queued',
] as const

const SUMMARY_COLUMNS = [
  'fault',
  'green',
  'messages',
  'sent again',
  'late',
  'others answered p50 / p95 / max',
  'drained after',
] as const

/** A row for each run. */
export function tableOf(verdicts: readonly Verdict[]): string {
  return markdownTable(COLUMNS, verdicts.map(rowOf))
}

/** The same with a row for each fault: what its runs had at worst. */
export function summaryOf(verdicts: readonly Verdict[]): string {
  const rows = [...Map.groupBy(verdicts, ({ fault }) => fault)].map(([fault, runs]) => {
    const worst = (of: (verdict: Verdict) => number) => Math.max(...runs.map(of))
    const total = (of: (verdict: Verdict) => number) => String(runs.reduce((sum, it) => sum + of(it), 0))
    const answer = (['p50Ms', 'p95Ms', 'maxMs'] as const).map((it) =>
      secondsOf(worst((run) => run.answer[it])),
    )
    const drained = worst(({ drainedMs }) => drainedMs ?? Number.POSITIVE_INFINITY)
    return [
      `\`${fault}\``,
      `${runs.filter(isGreen).length} of ${runs.length}`,
      total(({ messages }) => messages),
      total(({ refused }) => refused),
      total(({ late }) => late),
      answer.join(' / '),
      Number.isFinite(drained) ? secondsOf(drained) : 'never',
    ]
  })
  return markdownTable(SUMMARY_COLUMNS, rows)
}

function rowOf(verdict: Verdict): string[] {
  const { fault, seed, messages, refused, recovered, late, answer, ackMaxMs, drainedMs, queuedMax } = verdict
  return [
    fault,
    String(seed),
    String(messages),
    String(refused),
    String(recovered),
    String(late),
    wrongOf(verdict),
    [answer.p50Ms, answer.p95Ms, answer.maxMs].map(secondsOf).join(' / '),
    secondsOf(ackMaxMs),
    drainedMs === undefined ? 'never' : secondsOf(drainedMs),
    String(queuedMax),
  ]
}

/** What was wrong, in numbers; in brackets what may be. */
function wrongOf({ wrong, allows }: Verdict): string {
  const found = Object.entries(wrong).flatMap(([name, all]) => {
    if (all.length === 0) return []
    const text = `${all.length} ${name}`
    return [allows.includes(name) ? `(${text})` : text]
  })
  return found.length === 0 ? 'none' : found.join(', ')
}

/** Everything that must not be, with the first of each kind. */
export function complaintsOf(verdict: Verdict): string {
  if (isGreen(verdict)) return ''
  return Object.entries(verdict.wrong)
    .flatMap(([name, all]) =>
      all.length === 0 || verdict.allows.includes(name)
        ? []
        : [`  ${name}: ${all.slice(0, 3).join('; ')}${all.length > 3 ? `; and ${all.length - 3} more` : ''}`],
    )
    .join('\n')
}

const secondsOf = (ms: number) => `${(ms / 1_000).toFixed(1)} s`
