import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { argv, stdout } from 'node:process'
import { parseArgs } from 'node:util'
import { startStandInModel } from '../../../sandbox/test/stand-in-model.ts'
import { type Measured, measure, ownRows, type Row, readRows } from './measure-intents.ts'
import { accuracyTable, confusionTable, languagesOf } from './quality-report.ts'
import { byModel, byRules } from './readers.ts'

// npm run quality [-- --also rows.jsonl]: measures, and writes its own part of docs/quality.md.
// --also: sentences that may be used and not be given away; they have a part of their own, without those that are here.
const DOCUMENT = new URL('../../../../docs/quality.md', import.meta.url)

const { values } = parseArgs({ args: argv.slice(2), options: { also: { type: 'string' } } })

await using model = await startStandInModel()
using asked = byModel({
  baseUrl: model.env.OPENROUTER_BASE_URL ?? '',
  apiKey: model.env.OPENROUTER_API_KEY ?? '',
})
const ways = { 'rules alone': byRules(), 'stand-in model': asked.understand }

function notOurs(rows: readonly Row[]): Row[] {
  const ours = new Set(ownRows().map(({ id }) => id))
  return rows.filter(({ id }) => !ours.has(id))
}

async function measureAll(rows: readonly Row[]): Promise<Record<string, Measured[]>> {
  const measured: Record<string, Measured[]> = {}
  for (const [way, understand] of Object.entries(ways)) measured[way] = await measure(rows, understand)
  return measured
}

const own = await measureAll(ownRows())
writeBlock('intents', describeOwn(own))
if (values.also !== undefined)
  writeBlock('intents-not-ours', describeOthers(await measureAll(notOurs(readRows(values.also)))))
stdout.write(`${readFileSync(DOCUMENT, 'utf8')}\n`)

function describeOwn(measured: Record<string, Measured[]>): string {
  const rules = measured['rules alone'] ?? []
  const sources = [...new Set(rules.map(({ source }) => source))].map(
    (source) => [source, (row: Measured) => row.source === source] as const,
  )
  const table = accuracyTable(measured, [
    ['all', () => true],
    ['held out', ({ split }) => split === 'held-out'],
    ['looked at', ({ split }) => split === 'looked-at'],
    ...sources,
  ])
  return `## Whose sentences are understood

${rules.length} sentences that others wrote (\`services/assistant/test/intents/SOURCES.md\`), with 95 % intervals. The rules
learn from \`services/assistant/examples\` and from none of these. \`looked at\` were read while those examples were
written; of the \`held out\` ones only these numbers were. A yes or no is said after the question whether the route is
taken, and must not write the opposite. What is out of scope is said out of the blue, after that question and after
"confirm order 12345?", and must write nothing. The sentences are customers' and mostly English: there are no public ones of drivers.

The stand-in is the sandbox's, not a language model: what it shows is that the way through a model works, and nothing of
how well a real one understands.

${table}

${languagesOf(rules)
  .map(
    (language) =>
      `Rules alone, \`${language}\`:\n\n${confusionTable(rules.filter(({ lang }) => lang === language))}`,
  )
  .join('\n\n')}`
}

function describeOthers(measured: Record<string, Measured[]>): string {
  const rules = measured['rules alone'] ?? []
  const parts = [...new Set(rules.map(({ source }) => source))].map(
    (source) => [source, (row: Measured) => row.source === source] as const,
  )
  return `### Measured on sentences that are not here

${rules.length} more, whose licences (CDLA-Sharing-1.0, CC-BY-SA-4.0) keep them out of this repository: bitext
customer support and xSID. \`npm run quality -- --also <file>\` measures such a file. More than half of them were read while
the examples were written.

${accuracyTable(measured, [['all', () => true], ...parts])}

Rules alone:

${confusionTable(rules)}`
}

/** Leaves what others write in the document as it is. */
function writeBlock(name: string, text: string): void {
  const [begin, end] = [`<!-- ${name}: written by npm run quality -->`, `<!-- end of ${name} -->`]
  const block = `${begin}\n\n${text}\n\n${end}`
  const document = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '# Quality\n'
  const [from, to] = [document.indexOf(begin), document.indexOf(end)]
  const next =
    from >= 0 && to > from
      ? document.slice(0, from) + block + document.slice(to + end.length)
      : `${document.trimEnd()}\n\n${block}\n`
  writeFileSync(DOCUMENT, next)
}
