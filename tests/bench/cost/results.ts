import type { Result } from '../measure.ts'
import { KEPT_MINUTES, MODEL, type RowId, rowsOf, staticTokens } from './levers.ts'
import type { PlayedDay } from './play-days.ts'
import { costOf, PRICES, transcriptionCostOf } from './prices.ts'

/** The default of TRANSCRIPTION_MODEL. */
const TRANSCRIPTION_MODEL = 'openai/whisper-1'
const CHEAPER_MIN = 0.9
const CACHED_MIN = 0.8

/** A system prompt with tools of a usual length: the assistant's is twice as long. */
export const SHORT_STATIC_TOKENS = 2_400

const ROWS: Readonly<Record<RowId, string>> = {
  'as-it-is': 'as it is',
  'no-fast-path': 'fast path off',
  'no-understanding-cache': 'understanding cache off',
  'no-prefix-cache': 'prefix cache off',
  'rendered-by-model': 'replies written by the model',
  'checked-by-model': 'guardrails asked of the model',
  naive: 'naive flow',
  'naive-cached': 'naive flow, prefixes cached',
  'naive-without-taps': 'naive flow, taps left out',
}

/** What was counted on a day, with every lever off in its turn. */
export type CostReport = {
  drivers: number
  messages: number
  /** Understood without the model, by the fast path; with what others meant; and with the model asked. */
  paths: Record<string, number>
  rows: {
    id: RowId
    what: string
    calls: number
    input: number
    cached: number
    output: number
    usd: number
  }[]
  staticTokens: number
  spokenSeconds: number
  speechUsd: number
  /** The naive flow with a static prompt of SHORT_STATIC_TOKENS. */
  naiveShortUsd: number
}

export function reportOf(day: PlayedDay): CostReport {
  const rows = rowsOf(day)
  const withWords = day.played.filter(({ words }) => words !== '')
  const paths = Map.groupBy(withWords, ({ path }) => path ?? 'none')
  const naive = rowNamed(rows, 'naive')
  const prefix = staticTokens(day)
  const spared = Math.max(0, prefix - SHORT_STATIC_TOKENS) * withWords.length
  return {
    drivers: day.drivers,
    messages: day.played.length,
    paths: Object.fromEntries([...paths].map(([path, messages]) => [path, messages.length])),
    rows: rows.map(({ id, usage, usd }) => ({ id, what: ROWS[id], ...usage, usd })),
    staticTokens: prefix,
    spokenSeconds: day.spokenSeconds,
    speechUsd: transcriptionCostOf(day.spokenSeconds, TRANSCRIPTION_MODEL),
    naiveShortUsd: costOf({ ...naive.usage, input: naive.usage.input - spared }, MODEL),
  }
}

export function resultsOf(report: CostReport): Result[] {
  const now = rowNamed(report.rows, 'as-it-is')
  const naive = rowNamed(report.rows, 'naive')
  const cheaper = 1 - now.usd / naive.usd
  const share = now.cached / now.input
  const ceiling = (report.staticTokens * now.calls) / now.input
  const levers = report.rows.map(
    ({ what, calls, input, cached, output, usd }) =>
      `${what}: ${calls} calls, ${input} tokens in, ${cached} of them cached, ${output} out, ${usd.toFixed(4)} USD, ${perDriver(usd, report)} a driver and day`,
  )
  return [
    {
      id: 'C1',
      measure: 'cost of the model on a day, for a driver',
      value: now.usd / report.drivers,
      unit: 'USD',
      ceiling: { what: 'the naive flow on the same day', value: naive.usd / report.drivers },
      ratio: now.usd / naive.usd,
      target: `${CHEAPER_MIN * 100} % cheaper`,
      met: cheaper >= CHEAPER_MIN,
      notes: [
        `${report.drivers} drivers, ${report.messages} messages: ${(cheaper * 100).toFixed(1)} % cheaper, at the prices of ${MODEL} of ${PRICES.date}`,
        ...levers,
        `against a naive flow with a static prompt of ${SHORT_STATIC_TOKENS} tokens: ${percentCheaper(now.usd, report.naiveShortUsd)}; with its prefixes cached: ${percentCheaper(now.usd, rowNamed(report.rows, 'naive-cached').usd)}`,
        `${report.spokenSeconds} s of voice notes cost ${report.speechUsd.toFixed(4)} USD more in either; with them ${percentCheaper(now.usd + report.speechUsd, naive.usd + report.speechUsd)}`,
      ],
    },
    {
      id: 'C2',
      measure: 'input tokens that are read from the prefix cache',
      value: share,
      unit: 'share',
      ceiling: { what: 'all of the static prefix, every time', value: ceiling },
      ratio: share / ceiling,
      target: `${CACHED_MIN}`,
      met: share >= CACHED_MIN,
      notes: [
        `static prefix of ${report.staticTokens} tokens; cached from 1,024 on in steps of 128, for ${KEPT_MINUTES} minutes of the clock of the day`,
      ],
    },
  ]
}

const perDriver = (usd: number, { drivers }: CostReport) => `${(usd / drivers).toFixed(5)} USD`
const percentCheaper = (usd: number, than: number) => `${((1 - usd / than) * 100).toFixed(1)} % cheaper`

function rowNamed<T extends { id: RowId }>(rows: readonly T[], id: RowId): T {
  const found = rows.find((it) => it.id === id)
  if (!found) throw new Error(`there is no row ${id}`)
  return found
}
