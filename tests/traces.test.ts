import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type CollectedSpan, eventually, startTraceCollector, type TraceCollector } from '@waybill/test-kit'
import { freshStack, type TestStack } from './fresh-stack.ts'
import { sandboxAt } from './sandbox.ts'
import { tracedTo } from './traced-to.ts'

// What no rule and nobody before has understood: a model is asked.
const FREE_WORDS = 'before I set off, show me my orders for today please mate'
const OTHER_WORDS = [
  'and what would come right behind that, roughly',
  'sorry, one more, what is it that I carry',
]

let collector: TraceCollector
let system: TestStack
let sandbox: ReturnType<typeof sandboxAt>

beforeAll(async () => {
  collector = await startTraceCollector()
  const one = { ingress: 1, intake: 1, assistant: 1, guardrails: 1, sender: 1 }
  system = await freshStack(() => ({ scale: one, env: tracedTo(collector.url) }))
  sandbox = sandboxAt(system.stack.description.urls.sandbox)
}, 60_000)
afterAll(async () => {
  await system[Symbol.asyncDispose]()
  await collector[Symbol.asyncDispose]()
}, 60_000)

const driverNumber = async (place: number) =>
  (await sandbox.drivers()).filter(({ id }) => id.startsWith('driver-load'))[place] ?? {
    id: '',
    name: '',
    phone: '',
  }

/** The spans of a trace as a tree, one line each: service and name, indented below the parent, alphabetical. */
function treeOf(traceId: string): string[] {
  const spans = collector.spans.filter((span) => span.traceId === traceId)
  const below = (parent: string | undefined, depth: number): string[] =>
    spans
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .map(({ service, name, spanId }) => ({ line: `${service}: ${name}`, spanId }))
      .toSorted((a, b) => (a.line < b.line ? -1 : 1))
      .flatMap(({ line, spanId }) => [`${'  '.repeat(depth)}${line}`, ...below(spanId, depth + 1)])
  return below(undefined, 0)
}

const turnWithLinks = (links: number): Promise<CollectedSpan> =>
  eventually(() => collector.spans.find((span) => span.name === 'turn' && span.links.length === links), {
    what: `a turn that answers ${links} messages`,
  })

describe('a trace', () => {
  it('follows a message through all services, to the answer on the phone', async () => {
    const { phone } = await driverNumber(0)
    await sandbox.phone(phone).ask(FREE_WORDS)
    const tree = [
      'ingress: POST /webhook',
      '  ingress: publish webhook.received.v1',
      '    intake: process intake.webhook-received',
      '      intake: publish conversation.ready.v1',
      '        assistant: process assistant.conversation-ready',
      '          assistant: turn',
      '            assistant: GET guardrails',
      '              guardrails: GET /v1/policy',
      '            assistant: GET orders',
      '            assistant: POST guardrails',
      '              guardrails: POST /v1/check/input',
      '            assistant: chat openai/gpt-5-mini',
      '            assistant: publish outbound.ready.v1',
      '              sender: process sender.outbound-ready',
      '                sender: send',
      '                  sender: POST whatsapp',
      '                  sender: POST whatsapp',
      '            assistant: publish turn.started.v1',
      '              sender: process sender.turn-started',
      '                sender: POST whatsapp',
    ]
    const turn = await turnWithLinks(1)
    const { traceId } = turn
    // The spans of a service come a second after they have ended.
    await eventually(() => treeOf(traceId).length >= tree.length, { what: 'all spans of the trace' })
    expect(treeOf(traceId)).toEqual(tree)
    const recorded = collector.spans.find(
      (span) => span.name === 'process intake.webhook-received' && span.traceId === traceId,
    )
    expect(turn.links).toEqual([recorded?.spanId])
    expect(collector.spans.find(({ name }) => name.startsWith('chat '))?.attributes).toMatchObject({
      'gen_ai.provider.name': 'openrouter',
      'gen_ai.request.model': 'openai/gpt-5-mini',
      'gen_ai.usage.input_tokens': expect.anything(),
      'gen_ai.usage.output_tokens': expect.anything(),
    })
    expect(collector.spans.filter(({ error }) => error !== undefined)).toEqual([])
  })

  it('goes with the id that NGINX has given to the request, with which the reply is on record', async () => {
    const { rows } = await system.pool.query(
      `SELECT i.correlation_id ~ '^[0-9a-f]{32}$' AS "isOfNginx", o.correlation_id = i.correlation_id AS "isKept"
       FROM inbound i JOIN outbound o USING (turn_id)`,
    )
    expect(rows).toEqual([{ isOfNginx: true, isKept: true }])
  })

  it('is one for a turn that answers two messages, with links to both', async () => {
    const { phone } = await driverNumber(1)
    const driver = sandbox.phone(phone)
    await sandbox.setFaults('openrouter', { latencyMs: 2_000 })
    await driver.send(FREE_WORDS.replace('mate', 'there'))
    await eventually(() => driver.isTyping(), { what: 'a turn to be under way' })
    for (const words of OTHER_WORDS) await driver.sendAcked(words)
    await eventually(async () => (await driver.answers()).length >= 2, {
      what: 'two answers',
      timeoutMs: 20_000,
    })
    await sandbox.setFaults('openrouter', {})
    const turn = await turnWithLinks(2)
    const messages = await eventually(
      () => {
        const linked = collector.spans.filter(({ spanId }) => turn.links.includes(spanId))
        return linked.length === 2 ? linked : undefined
      },
      { what: 'both messages' },
    )
    expect(messages.map(({ name }) => name)).toEqual(Array(2).fill('process intake.webhook-received'))
    expect(turn.traceId).toBe(messages.find(({ spanId }) => spanId === turn.links[0])?.traceId)
    expect(new Set(messages.map(({ traceId }) => traceId)).size).toBe(2)
    expect(turn.parentSpanId).toBe(turn.links[0])
  })

  it('S18: holds no phone number, name, address or word of anybody', async () => {
    const drivers = await Promise.all([driverNumber(0), driverNumber(1)])
    const orders = await Promise.all(drivers.map(async ({ phone }) => (await sandbox.ordersOf(phone)).today))
    const personal = [
      ...drivers.flatMap(({ phone, name, id }) => [
        phone,
        Buffer.from(phone).toString('base64').slice(0, 12),
        name,
        id,
      ]),
      ...orders.flat().flatMap(({ customer, address }) => [customer.name, address.line]),
      ...[FREE_WORDS, ...OTHER_WORDS].map((words) => words.slice(0, 12)),
    ]
    expect(personal.filter((it) => collector.bodies.some((body) => body.includes(it)))).toEqual([])
  })
})
