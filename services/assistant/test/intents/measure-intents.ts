import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Order } from '../../src/orders/order-system.ts'
import { EMPTY_SESSION, type PendingQuestion } from '../../src/session/session.ts'
import { answerMessage } from '../../src/turns/answer-message.ts'
import { turnBudget } from '../../src/understand/read-with-model.ts'
import type { Understand } from '../../src/understand/understand.ts'

const rowSchema = z.object({
  id: z.string(),
  text: z.string(),
  lang: z.string(),
  source: z.string(),
  intent: z.string(),
  accept: z.array(z.string()),
  split: z.enum(['looked-at', 'held-out']).default('held-out'),
})
export type Row = z.output<typeof rowSchema>
export type Measured = Row & { answer: string; path: string; isRight: boolean; mistakes: string[] }

const FILES = ['clinc150', 'multidogo', 'hinglish']
const NOW = Date.parse('2026-11-23T13:00:00Z')
const TODAY = '2026-11-23'
export const NOTHING = 'unknown'

/** The data's names for what our tools do. */
const NAMES: Readonly<Record<string, string>> = {
  get_orders: 'get_orders',
  get_order_details: 'order_details',
  confirm_order: 'confirm_order',
  accept_route: 'accept_route',
  decline_route: 'decline_route',
  report_status: 'status_update',
  request_human: 'human_help',
  help: 'help',
  // A short sentence that leads back to work: what is out of scope is left alone.
  small_talk: NOTHING,
  none: NOTHING,
}
const ALSO_RIGHT: Readonly<Record<string, string>> = { problem: 'status_update' }

/** What may follow from a sentence in the order system. */
const MAY_WRITE: Readonly<Record<string, readonly string[]>> = {
  affirm: ['accept-route'],
  deny: ['decline-route'],
}

export function readRows(path: string): Row[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => rowSchema.parse(JSON.parse(line)))
}

export const ownRows = (): Row[] =>
  FILES.flatMap((name) => readRows(new URL(`${name}.jsonl`, import.meta.url).pathname))

const ROUTE: PendingQuestion = { kind: 'check-in', date: TODAY, askedAt: NOW - 60_000 }
const QUESTIONS: readonly (PendingQuestion | null)[] = [
  null,
  ROUTE,
  { kind: 'confirm-order', orderId: '12345', askedAt: NOW - 60_000 },
]

/**
 * What the assistant makes of each sentence: a yes or no right after the question whether the route is taken, all else
 * out of the blue. `mistakes`: what it would write and must not; what is out of scope is said after every question.
 */
export async function measure(rows: readonly Row[], understand: Understand): Promise<Measured[]> {
  const measured: Measured[] = []
  for (const row of rows) {
    const isAnswer = row.intent === 'affirm' || row.intent === 'deny'
    const { tool, path, writes } = await say(row.text, isAnswer ? ROUTE : null, understand)
    const others =
      row.intent === NOTHING
        ? await Promise.all(QUESTIONS.map((question) => say(row.text, question, understand)))
        : []
    const answer = NAMES[tool] ?? tool
    const right = [...row.accept, ...row.accept.flatMap((it) => ALSO_RIGHT[it] ?? [])]
    measured.push({
      ...row,
      answer,
      path,
      isRight: right.includes(answer),
      mistakes: [...writes, ...others.flatMap((other) => other.writes)].filter(
        (kind) => !MAY_WRITE[row.intent]?.includes(kind),
      ),
    })
  }
  return measured
}

/** One message through everything that decides and acts; nothing is committed. */
async function say(text: string, pendingQuestion: PendingQuestion | null, understand: Understand) {
  const tools: string[] = []
  const answer = await answerMessage(
    {
      conversationId: 'c',
      message: { wamid: 'w', kind: 'text', body: { text: { body: text } }, attempts: 1, sentAt: NOW },
      driver: {
        id: 'driver-johan',
        name: 'Johan',
        status: 'active',
        language: null,
        timeZone: 'America/New_York',
        permissions: [],
      },
      session: { ...EMPTY_SESSION, at: NOW, pendingQuestion },
      book: { fetched: [], seen: [], on: async () => ({ at: NOW, orders: ORDERS, isFresh: true }) },
      signal: AbortSignal.timeout(60_000),
      now: NOW,
      ledger: [],
      budget: turnBudget(),
    },
    {
      understand,
      findAnswers: async () => [],
      countBlocked: async () => 0,
      timeStage: (_stage, work) => work(),
      onUnderstood: (_path, tool) => tools.push(tool),
    },
  )
  return { tool: tools[0] ?? 'none', path: answer.path, writes: answer.commands.map(({ kind }) => kind) }
}

const at = (time: string) => `${TODAY}T${time}:00-05:00`
const ORDERS: Order[] = ['Tech Corp Inc', 'Westside Restaurant', 'Airport Terminal B'].map((name, index) => ({
  id: String(12_345 + index),
  customer: { name },
  address: { line: `${index + 1} Main St` },
  window: { start: at(`1${index + 2}:00`), end: at(`1${index + 3}:00`) },
  status: 'assigned',
  sequence: index + 1,
  items: [],
}))
