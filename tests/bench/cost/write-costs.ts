import { readFileSync, writeFileSync } from 'node:fs'
import { withReport } from '../write-report.ts'
import { type CostReport, SHORT_STATIC_TOKENS } from './results.ts'

const DOCUMENT = new URL('../../../docs/costs.md', import.meta.url)
const WORKDAYS = 22
const FLEETS = [10, 50, 500]
const PATHS: Readonly<Record<string, string>> = {
  model: 'by the model',
  fast: 'by the fast path',
  cache: 'by what others meant',
  rules: 'by the rules, after the model',
  none: 'captions of photos, whose path is not on record,',
}

/** The tables of docs/costs.md, anew. */
export function writeCosts(report: CostReport): void {
  writeFileSync(DOCUMENT, withReport(readFileSync(DOCUMENT, 'utf8'), tablesOf(report)))
}

/** In Markdown: the day by lever, how its messages were understood, and what a month costs. */
export function tablesOf(report: CostReport): string {
  const { rows, drivers, messages, paths, speechUsd, spokenSeconds, naiveShortUsd } = report
  const now = usdOf(report, 'as-it-is')
  const naive = usdOf(report, 'naive')
  const levers = rows.map(({ what, calls, input, cached, output, usd }) =>
    cells([
      what,
      calls.toLocaleString('en'),
      input.toLocaleString('en'),
      cached.toLocaleString('en'),
      output.toLocaleString('en'),
      (usd / drivers).toFixed(5),
      (usd / now).toFixed(2),
    ]),
  )
  const month = (usd: number) => FLEETS.map((fleet) => ((usd / drivers) * fleet * WORKDAYS).toFixed(2))
  return [
    `${drivers} drivers, ${messages} messages. Those with words were understood so: ${Object.entries(paths)
      .toSorted(([, one], [, other]) => other - one)
      .map(([path, count]) => `${PATHS[path] ?? path} ${count}`)
      .join(', ')}. Static prefix: ${report.staticTokens.toLocaleString('en')} tokens.`,
    '',
    '| the day | calls | tokens in | of them cached | tokens out | USD a driver and day | times as it is |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...levers,
    '',
    `${((1 - now / naive) * 100).toFixed(1)} % cheaper than the naive flow, ${((1 - now / naiveShortUsd) * 100).toFixed(1)} % than one with a static prompt of ${SHORT_STATIC_TOKENS.toLocaleString('en')} tokens, ${((1 - now / usdOf(report, 'naive-cached')) * 100).toFixed(1)} % than one whose prefixes are cached. ${spokenSeconds} s of voice notes cost ${speechUsd.toFixed(4)} USD more in any of these: with them it is ${((1 - (now + speechUsd) / (naive + speechUsd)) * 100).toFixed(1)} %.`,
    '',
    `| USD a month of ${WORKDAYS} days, voice notes included | ${FLEETS.map((fleet) => `${fleet} drivers`).join(' | ')} |`,
    `| --- |${FLEETS.map(() => ' ---: |').join('')}`,
    cells(['as it is', ...month(now + speechUsd)]),
    cells(['naive flow', ...month(naive + speechUsd)]),
  ].join('\n')
}

const cells = (values: readonly string[]) => `| ${values.join(' | ')} |`

function usdOf({ rows }: CostReport, id: CostReport['rows'][number]['id']): number {
  return rows.find((it) => it.id === id)?.usd ?? 0
}
