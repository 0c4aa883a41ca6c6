import { localDate } from '../../../services/assistant/src/replies/local-time.ts'
import { requestBody } from '../../../services/assistant/src/understand/ask-model.ts'
import { EXAMPLES } from '../../../services/assistant/src/understand/examples.ts'
import { createSharing } from '../../../services/assistant/src/understand/share-understanding.ts'
import { type Prompt, promptSchema, tokensOfPrompt } from './count-tokens.ts'
import { type ModelUse, usageOf } from './model-use.ts'
import { composeUse, guardUses, type NaiveMessage, naiveUses } from './naive-flow.ts'
import type { Played, PlayedDay } from './play-days.ts'
import { costOf, type Usage } from './prices.ts'

/** The default of OPENROUTER_MODEL. */
export const MODEL = 'openai/gpt-5-mini'
/** How long OpenRouter keeps a conversation with a provider that nobody speaks in: that ends the cache, too. */
export const KEPT_MINUTES = 10

/** A row of the table: the day with one lever off, or with none on. */
export type Row = { id: RowId; usage: Usage; usd: number }
export type RowId =
  | 'as-it-is'
  | 'no-fast-path'
  | 'no-understanding-cache'
  | 'no-prefix-cache'
  | 'rendered-by-model'
  | 'checked-by-model'
  | 'naive'
  | 'naive-cached'
  | 'naive-without-taps'

const sharing = createSharing(EXAMPLES)
const REQUEST = {
  model: MODEL,
  fallbackModels: [],
  providers: [],
  dataCollection: 'deny' as const,
  apiKey: '',
}
const EARLIER_MAX = 6

/**
 * What a day costs, and what it would cost with each lever off. Only the first row is as it was played. The others
 * have what the model would have been asked besides, in prompts of the same builder, with the sessions of the day.
 */
export function rowsOf(day: PlayedDay): Row[] {
  const uses = day.asked.map(({ at, prompt, answerTokens }) => ({
    ...{ at, tokens: tokensOfPrompt(prompt), output: answerTokens },
  }))
  const answerTokens = Math.round(
    uses.reduce((sum, { output }) => sum + output, 0) / Math.max(1, uses.length),
  )
  const withWords = day.played.filter(({ words }) => words !== '')
  const earlier = earlierOf(withWords)
  const naiveOf = (it: Played): NaiveMessage => ({
    ...{ at: it.at, words: it.words, reply: it.reply, earlier: earlier.get(it) ?? [], data: dataOf(it) },
    intent: { prompt: promptOf(it), answerTokens },
  })
  const naive = withWords.map(naiveOf)
  const understood = (it: Played) => ({
    at: it.at,
    tokens: tokensOfPrompt(promptOf(it)),
    output: answerTokens,
  })
  const row = (id: RowId, all: readonly ModelUse[], keptMinutes = KEPT_MINUTES): Row => {
    const usage = usageOf(all, keptMinutes)
    return { id, usage, usd: costOf(usage, MODEL) }
  }
  return [
    row('as-it-is', uses),
    row('no-fast-path', [...uses, ...notShared(withWords).map(understood)]),
    row('no-understanding-cache', [
      ...uses,
      ...withWords.filter(({ path }) => path === 'cache').map(understood),
    ]),
    row('no-prefix-cache', uses, 0),
    row('rendered-by-model', [...uses, ...naive.map(composeUse)]),
    row('checked-by-model', [...uses, ...naive.flatMap(guardUses)]),
    row('naive', naive.flatMap(naiveUses), 0),
    row('naive-cached', naive.flatMap(naiveUses)),
    row(
      'naive-without-taps',
      withWords
        .filter(({ isTap }) => !isTap)
        .map(naiveOf)
        .flatMap(naiveUses),
      0,
    ),
  ]
}

/** Tokens that all prompts of the day begin with: what could be cached at best. */
export function staticTokens(day: PlayedDay): number {
  const [first = [], ...others] = day.asked.map(({ prompt }) => tokensOfPrompt(prompt))
  const isShared = (index: number) => others.every((tokens) => tokens[index] === first[index])
  const end = first.findIndex((_token, index) => !isShared(index))
  return end < 0 ? first.length : end
}

/** What the fast path took and the model would have been asked about: not again what others had said before. */
function notShared(messages: readonly Played[]): Played[] {
  const known = new Set<string>()
  return messages
    .toSorted((one, other) => one.at - other.at)
    .filter((it) => {
      const key = sharing.keyOf(it.words, it)
      const isNew = key === undefined || !known.has(key)
      if (key !== undefined) known.add(key)
      return isNew && it.path === 'fast'
    })
}

function promptOf(it: Played): Prompt {
  const now = it.session.at
  const question = {
    ...{ conversationId: '', wamid: '', words: it.words, language: it.language, session: it.session, now },
    ...{ today: localDate(now, it.timeZone), driver: { id: it.driverId, timeZone: it.timeZone } },
  }
  return promptSchema.parse(requestBody(question, REQUEST))
}

/** What was said before each message, in full. */
function earlierOf(messages: readonly Played[]): Map<Played, NaiveMessage['earlier']> {
  const said = Map.groupBy(messages, ({ driverId }) => driverId)
  return new Map(
    [...said.values()].flatMap((ofDriver) =>
      ofDriver.map((it, index) => {
        const before = ofDriver.slice(Math.max(0, index - EARLIER_MAX), index)
        return [it, before.map(({ words, reply }) => ({ driver: words, assistant: reply }))] as const
      }),
    ),
  )
}

const OF_ALL_ORDERS = new Set(['get_orders', 'get_next_order', 'accept_route'])
const OF_ONE_ORDER = new Set([
  ...['get_order_details', 'confirm_order', 'report_status', 'answer_question', 'attach_proof'],
])

/** As the order system sends it: what a model would have to be shown to write the reply. */
function dataOf({ tools, orders }: Played): string {
  if (tools.some((tool) => OF_ALL_ORDERS.has(tool))) return JSON.stringify(orders)
  return tools.some((tool) => OF_ONE_ORDER.has(tool)) ? JSON.stringify(orders[0]) : ''
}
