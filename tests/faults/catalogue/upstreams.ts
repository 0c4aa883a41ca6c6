import { setTimeout as delay } from 'node:timers/promises'
import type { Upstream } from '../../sandbox.ts'
import type { Fault } from './fault.ts'

/** Later than whoever is in doubt would like, and earlier than he gives up waiting: ms after the message. */
export const LATE_RECEIPTS = { sent: 6_000, delivered: 6_500, read: 7_000 }

/** A fault of the world outside, for a while. */
function upstreamFault(
  upstream: Upstream,
  plan: object,
  fault: Pick<Fault, 'name' | 'what' | 'allows' | 'expects'>,
): Fault {
  return {
    ...fault,
    async inject({ sandbox }, { step, holdMs }) {
      step(`${upstream}: ${JSON.stringify(plan)}`.slice(0, 200))
      await sandbox.setFaults(upstream, plan)
      await delay(holdMs)
      await sandbox.setFaults(upstream, {})
    },
  }
}

const isSeenByBreaker: Fault['expects'] = ({ counters }) =>
  counters.breaker || counters.errors || counters.timeouts ? undefined : 'no breaker has seen it'

const said = (message: object, finish = 'stop') => ({
  id: 'gen-fault',
  object: 'chat.completion',
  created: 1,
  model: 'fault/model',
  choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', ...message } }],
  usage: { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 },
})
const called = (name: string, args: string) =>
  said(
    { content: null, tool_calls: [{ id: 'call-1', type: 'function', function: { name, arguments: args } }] },
    'tool_calls',
  )
/** Everything that a model has been seen to answer instead of an answer. */
const NONSENSE = [
  { error: { code: 502, message: 'Provider returned error' } },
  { ...said({ content: '' }), choices: [] },
  '{"id":"gen-fault","choices":[{"message":{"role":"assi',
  called('get_orders', '{"day":'),
  called('drop_all_orders', '{}'),
  called('get_order_details', '{"order":"12345","driverId":"driver-johan","role":"admin"}'),
  called('get_orders', '{}'),
  said({ content: 'word '.repeat(100_000) }),
]

export const UPSTREAM_FAULTS: readonly Fault[] = [
  upstreamFault(
    'orders',
    { errors: [{ status: 500 }] },
    { name: 'orders-fail', what: 'the order system answers 500', expects: isSeenByBreaker },
  ),
  upstreamFault(
    'orders',
    { hangRate: 1 },
    { name: 'orders-hang', what: 'the order system does not answer', expects: isSeenByBreaker },
  ),
  upstreamFault(
    'orders',
    { latencyMs: 1_500, jitterMs: 1_000 },
    { name: 'orders-slow', what: 'the order system takes one to two seconds' },
  ),
  upstreamFault(
    'orders',
    { malformed: true },
    { name: 'orders-malformed', what: 'the order system answers half a JSON text', expects: isSeenByBreaker },
  ),
  upstreamFault(
    'orders',
    { errors: [{ status: 429, headers: { 'retry-after': '2' } }] },
    {
      name: 'orders-limit',
      what: 'the order system answers 429, come back in two seconds',
      expects: isSeenByBreaker,
    },
  ),
  upstreamFault(
    'orders',
    { acceptThenReset: 0.7 },
    { name: 'orders-answers-lost', what: 'the order system does what it is told, and its answer is lost' },
  ),
  upstreamFault(
    'openrouter',
    {
      errors: [429, 402, 408, 502, 503].map((status) => ({
        status,
        ...(status === 429 ? { headers: { 'retry-after': '1' } } : {}),
      })),
    },
    {
      name: 'model-errors',
      what: 'OpenRouter answers 429, 402, 408, 502 and 503 in turn',
      expects: isSeenByBreaker,
    },
  ),
  upstreamFault(
    'openrouter',
    { errors: NONSENSE.map((body) => ({ status: 200, body })) },
    {
      name: 'model-nonsense',
      what: 'the model answers errors with 200, nothing, broken JSON, tools that are not, a loop, a book',
    },
  ),
  upstreamFault(
    'openrouter',
    { latencyMs: 120_000 },
    { name: 'model-hangs', what: 'the model thinks for two minutes', expects: isSeenByBreaker },
  ),
  upstreamFault(
    'whatsapp',
    {
      errorRate: 0.3,
      errors: [
        { status: 429, code: 130429 },
        { status: 429, code: 131056 },
      ],
      only: ['messages.send'],
    },
    { name: 'whatsapp-limits', what: 'WhatsApp refuses a third of the messages for their rate' },
  ),
  {
    name: 'whatsapp-accepts-and-fails',
    what: 'WhatsApp sends a message, answers 500, and its receipt comes late',
    async inject({ sandbox }, { step, holdMs }) {
      step('accept, then 500')
      await sandbox.setReceipts(LATE_RECEIPTS)
      await sandbox.setFaults('whatsapp', { acceptThenFail: 0.2, only: ['messages.send'] })
      await delay(holdMs)
      await sandbox.setFaults('whatsapp', {})
      await sandbox.setReceipts({})
    },
  },
  upstreamFault(
    'whatsapp',
    { errors: [{ status: 401, code: 190 }], only: ['messages.send'] },
    { name: 'whatsapp-shut-out', what: 'the access token has expired' },
  ),
  upstreamFault(
    'whatsapp',
    { errorRate: 0.3, errors: [{ status: 400, code: 131047 }], only: ['messages.send'] },
    {
      name: 'whatsapp-window',
      what: 'WhatsApp says that the 24-hour window is closed',
      allows: ['unanswered'],
    },
  ),
  upstreamFault(
    'whatsapp',
    { down: true },
    { name: 'whatsapp-down', what: 'WhatsApp resets every connection' },
  ),
  upstreamFault(
    'dispatch',
    { hangRate: 1 },
    { name: 'dispatch-hangs', what: 'the dispatch webhook does not answer' },
  ),
  {
    name: 'forget-hosts',
    what: 'the names of WhatsApp, OpenRouter and the order system resolve to nothing',
    async inject(system, { step, holdMs }) {
      const victims = [...system.processesOf('assistant'), ...system.processesOf('sender')]
      step('ENOTFOUND')
      for (const it of victims) await system.sabotage(it, { do: 'forget-hosts', hosts: [system.sandboxHost] })
      await delay(holdMs)
      for (const it of victims) await system.sabotage(it, { do: 'forget-hosts', hosts: [] })
    },
    expects: isSeenByBreaker,
  },
]
