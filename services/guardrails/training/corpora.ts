import { assistantExamples, ownSentences, publicRows, type Sentence, type Task } from './sentences.ts'

const DRIVERS_TOOLS = [
  ...['accept_route', 'answer_question', 'attach_proof', 'confirm_order', 'decline_route', 'get_next_order'],
  ...['get_order_details', 'get_orders', 'help', 'no', 'report_status', 'request_human', 'set_language'],
  ...['small_talk', 'yes'],
]

/** All that a classifier may learn from. What others have labelled for one check is an example of "no" for the others. */
export function corpusFor(task: Task): Sentence[] {
  const driver = DRIVERS_TOOLS.flatMap((tool) =>
    assistantExamples(tool).map((it) => ({ ...it, source: 'drivers', group: tool })),
  )
  const nothing = assistantExamples('none').map((it) => ({ ...it, source: 'drivers', group: 'none' }))
  const ownScope = ownSentences('scope')
  const ownInjection = ownSentences('injection')
  const as = (isPositive: boolean) => (it: Omit<Sentence, 'isPositive'>) => ({ ...it, isPositive })
  const rows = publicRows(task)
  switch (task) {
    case 'injection':
      return unique([
        ...rows.filter(({ group }) => group !== 'source_label_only'),
        ...ownInjection.map((it) => as(it.group === 'attack')(it)),
        ...[...driver, ...ownScope].map(as(false)),
        ...publicRows('scope').map(as(false)),
        ...publicRows('nsfw')
          .filter(({ isPositive }) => isPositive)
          .map(as(false)),
      ])
    case 'nsfw':
      return unique([
        ...rows,
        ...ownSentences('nsfw').map((it) => as(it.group === 'abuse')(it)),
        ...[...driver, ...nothing, ...ownScope].map(as(false)),
        ...ownInjection.filter(({ group }) => group === 'ordinary').map(as(false)),
        ...publicRows('scope').map(as(false)),
      ])
    case 'scope':
      return unique([
        ...rows,
        ...driver.map(as(false)),
        ...ownScope.map((it) => as(it.group === 'out_of_scope')(it)),
        ...ownInjection.map((it) => as(it.group === 'attack')(it)),
        ...nothing.map(as(true)),
        ...publicRows('injection')
          .filter(({ group, source }) => source !== 'clinc150' && group !== 'source_label_only')
          .map(as(true)),
      ])
  }
}

/** A sentence that two files have keeps its first label. */
function unique(sentences: readonly Sentence[]): Sentence[] {
  const seen = new Set<string>()
  return sentences.filter(({ text }) => !seen.has(text) && seen.add(text))
}
