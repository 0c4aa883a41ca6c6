import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { classifiersOf } from '../src/classifier/classifiers.ts'
import type { Check } from '../src/finding.ts'
import { lookAtInput } from '../src/input/look-at-input.ts'
import { findPersonalData } from '../src/personal-data/find-personal-data.ts'
import { decide } from '../src/policy/decide.ts'
import { readPolicy } from '../src/policy/read-policy.ts'
import { f1Of, shareOf } from './intervals.ts'
import { publicRows, type Sentence, TASKS, type Task } from './sentences.ts'
import { train } from './train.ts'

type Looked = Sentence & { task: Task; found: ReadonlySet<Check> }

/** Noise by its own account, what is a question of policy, and what no driver asks for (to buy something): not in the sums. */
const APART = ['source_label_only', 'mild_profanity_in_a_request', 'customer_order']
const POLICY = new URL('../../../infra/guardrails/policy.yaml', import.meta.url)

/** What each check finds, by the shipped policy, in texts of sources that training never saw: tables in Markdown. */
export function measure(folder: URL): string {
  const looked = lookAtAll(folder)
  const of = (task: Task) => looked.filter((row) => row.task === task)
  const attacks = of('injection').filter(({ isPositive }) => isPositive)
  const harmless = [...of('injection'), ...of('scope').filter(({ group }) => group !== 'general')]
  const isCaught = ({ found }: Looked) => found.has('injection') || found.has('scope')
  const isInjection = ({ found }: Looked) => found.has('injection')
  const caught = (all: readonly Looked[]) => [
    shareOf(all.filter(isInjection).length, all.length),
    shareOf(all.filter(isCaught).length, all.length),
  ]
  const bySource = ({ source, group }: Looked) => `${source} | ${group}`
  return [
    '### Attacks',
    table(['source', 'tier', 'texts', 'injection', 'injection or scope'], attacks, bySource, caught),
    table(
      ['language', 'texts', 'injection', 'injection or scope'],
      attacks.filter(counts),
      ({ lang }) => lang,
      caught,
    ),
    '### No attacks',
    table(
      ['source', 'tier', 'texts', 'wrongly injection'],
      harmless.filter(({ isPositive, task }) => !isPositive || task === 'scope'),
      bySource,
      (all) => [shareOf(all.filter(isInjection).length, all.length)],
    ),
    '### Scope',
    scores(of('scope'), 'scope', bySource),
    '### Abuse',
    scores(of('nsfw'), 'nsfw', bySource),
    scores(of('nsfw'), 'nsfw', ({ lang }) => lang),
    '### Personal data',
    personalData(folder),
  ].join('\n\n')
}

const counts = ({ group }: Looked) => !APART.includes(group)

function lookAtAll(folder: URL): Looked[] {
  const policy = readPolicy(readFileSync(POLICY, 'utf8'), 'policy.yaml')
  const rows = TASKS.flatMap((task) =>
    publicRows(task, folder, endingIn(folder)).map((row) => ({ ...row, task })),
  )
  return [...Map.groupBy(rows, ({ source }) => source)].flatMap(([source, texts]) => {
    const classify = classifiersOf(train(source))
    return texts.map((row) => {
      const { findings } = decide(lookAtInput(row.text, 'driver', classify), policy, { direction: 'input' })
      return { ...row, found: new Set(findings.map(({ check }) => check)) }
    })
  })
}

const endingIn = (folder: URL) =>
  existsSync(new URL('injection.dev.jsonl', folder)) ? '.dev.jsonl' : '.jsonl'

function scores(rows: readonly Looked[], check: Check, keyOf: (row: Looked) => string): string {
  const isFound = ({ found }: Looked) => found.has(check)
  const columns = ['', 'texts', 'found', 'wrongly found']
  const columnsOf = (all: readonly Looked[]) => {
    const [wanted, others] = [
      all.filter(({ isPositive }) => isPositive),
      all.filter(({ isPositive }) => !isPositive),
    ]
    return [
      shareOf(wanted.filter(isFound).length, wanted.length),
      shareOf(others.filter(isFound).length, others.length),
    ]
  }
  const sum = rows.filter(counts)
  const hits = sum.filter((row) => row.isPositive && isFound(row)).length
  const wrong = sum.filter((row) => !row.isPositive && isFound(row)).length
  const missed = sum.filter((row) => row.isPositive && !isFound(row)).length
  const f1 = f1Of({ hits, false: wrong, missed }).toFixed(3)
  const heads = keyOf(rows[0] ?? NOBODY).includes('|') ? ['source', 'group'] : ['language']
  return `F1 ${f1}\n\n${table([...heads, ...columns.slice(1)], rows, keyOf, columnsOf)}`
}

const NOBODY: Looked = {
  text: '',
  lang: '',
  source: '',
  group: '',
  isPositive: false,
  task: 'scope',
  found: new Set(),
}

function table(
  columns: readonly string[],
  rows: readonly Looked[],
  keyOf: (row: Looked) => string,
  columnsOf: (rows: readonly Looked[]) => readonly string[],
): string {
  const groups = [...Map.groupBy(rows, keyOf)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const lines = groups.map(([key, all]) => [key, String(all.length), ...columnsOf(all)].join(' | '))
  const sum = rows.filter(counts)
  const all = [
    ...columns.slice(0, columns.indexOf('texts')).map((_, index) => (index === 0 ? '**all**' : '')),
    String(sum.length),
  ]
  const last = [...all, ...columnsOf(sum)].join(' | ')
  return [columns.join(' | '), columns.map(() => '---').join(' | '), ...lines, last]
    .map((line) => `| ${line} |`)
    .join('\n')
}

const spanSchema = z.object({ start: z.number(), end: z.number(), type: z.string() })
const personalRow = z.object({
  text: z.string(),
  lang: z.string(),
  source: z.string(),
  spans: z.array(spanSchema),
})
const KINDS = ['phone', 'email', 'credit_card', 'iban', 'national_id', 'passport', 'driver_licence', 'ip']

/** By kind, language and source: a span counts as found when one of its kind overlaps it. */
function personalData(folder: URL): string {
  const files = [new URL('../data/pii.own.jsonl', import.meta.url), new URL('pii.dev.jsonl', folder)]
  const rows = files
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'))
    .map((line) => personalRow.parse(JSON.parse(line)))
  const counted = new Map<string, { hits: number; false: number; missed: number }>()
  const count = (key: string, what: 'hits' | 'false' | 'missed') => {
    const of = counted.get(key) ?? { hits: 0, false: 0, missed: 0 }
    of[what] += 1
    counted.set(key, of)
  }
  for (const { text, lang, source, spans } of rows) {
    const seen = findPersonalData(text, { language: lang }).filter(
      ({ kind = '', score }) => KINDS.includes(kind) && score >= 0.5,
    )
    const wanted = spans
      .map((span) => ({ ...span, kind: span.type.toLowerCase() }))
      .filter(({ kind }) => KINDS.includes(kind))
    const meets = (a: { start: number; end: number }, b: { start: number; end: number }) =>
      a.start < b.end && b.start < a.end
    for (const span of wanted) {
      const isFound = seen.some((it) => it.kind === span.kind && meets(it.span, span))
      count(`${span.kind} | ${lang} | ${source}`, isFound ? 'hits' : 'missed')
    }
    for (const { kind = '', span } of seen) {
      if (!wanted.some((it) => it.kind === kind && meets(it, span)))
        count(`${kind} | ${lang} | ${source}`, 'false')
    }
  }
  const lines = [...counted]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, of]) => `| ${key} | ${of.hits} | ${of.missed} | ${of.false} | ${f1Of(of).toFixed(3)} |`)
  return [
    '| kind | language | source | found | missed | wrongly found | F1 |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n')
}
