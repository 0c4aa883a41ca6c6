import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { eventually, startTraceCollector, type TraceCollector } from '@waybill/test-kit'
import { inventedOn } from './e2e/check-grounding.ts'
import { freshStack, type TestStack } from './fresh-stack.ts'
import { sandboxAt } from './sandbox.ts'
import { tracedTo } from './traced-to.ts'

jest.setTimeout(120_000)

const DRIVERS = 100
const MESSAGES_EACH = 10
const CANARY = 'the canary sings at dawn'
const WORDS = [
  'What are my orders today?',
  '1',
  'What is my next stop?',
  'help',
  '2',
  `thanks, ${CANARY}`,
  'orders',
  '3',
  'next',
  'help',
]

let system: TestStack
let collector: TraceCollector
let sandbox: ReturnType<typeof sandboxAt>

beforeAll(async () => {
  collector = await startTraceCollector()
  system = await freshStack(() => ({ env: tracedTo(collector.url) }))
  sandbox = sandboxAt(system.stack.description.urls.sandbox)
})
// A service may take 25 s to stop.
afterAll(async () => {
  await system[Symbol.asyncDispose]()
  await collector[Symbol.asyncDispose]()
}, 60_000)

describe('a thousand messages from a hundred drivers', () => {
  it('P2, P3, P4: are answered in order, none lost, none twice', async () => {
    const drivers = await loadDrivers()
    const sent = await Promise.all(
      drivers.map(async ({ phone }) => {
        const wamids: string[] = []
        for (const text of WORDS.slice(0, MESSAGES_EACH)) {
          // Every third webhook arrives twice, as Meta's retries do.
          wamids.push(
            ...(await sandbox
              .phone(phone)
              .sendAcked({ type: 'text', text, duplicate: wamids.length % 3 === 0 ? 2 : 1 })),
          )
        }
        return { phone, wamids }
      }),
    )
    await drained()

    const { rows: inbound } = await system.pool.query<{
      wamid: string
      phone: string
      turn_id: string
      committed: string
    }>(
      `SELECT i.wamid, c.phone, i.turn_id, t.committed_at::text AS committed FROM inbound i
       JOIN conversations c ON c.id = i.conversation_id JOIN turns t ON t.id = i.turn_id
       WHERE i.status = 'answered' ORDER BY i.sent_at, i.received_us, i.position`,
    )
    const { rows: outbound } = await system.pool.query<{ turn_id: string; wamid: string; phone: string }>(
      `SELECT o.turn_id, o.wamid, c.phone FROM outbound o JOIN conversations c ON c.id = o.conversation_id ORDER BY o.seq`,
    )
    // None lost: every message has its turn, and every turn has a reply.
    expect(inbound.map(({ wamid }) => wamid).toSorted()).toEqual(
      sent.flatMap(({ wamids }) => wamids).toSorted(),
    )
    expect(new Set(outbound.map(({ turn_id }) => turn_id))).toEqual(
      new Set(inbound.map(({ turn_id }) => turn_id)),
    )
    for (const { phone } of sent) {
      // In order: turns are committed in the order of the messages that they answer.
      const committed = inbound.filter((row) => row.phone === phone).map((row) => row.committed)
      expect(committed).toEqual(committed.toSorted())
      // None twice, and shown in the order of the replies.
      const replies = outbound.filter((row) => row.phone === phone).map(({ wamid }) => wamid)
      const shown = (await sandbox.phone(phone).answers()).map(({ wamid }) => wamid)
      expect(shown).toEqual(replies)
    }
    const { rows: duplicates } = await system.pool.query('SELECT * FROM visible_duplicates')
    expect(duplicates).toEqual([])
  })
})

describe('of a thousand messages', () => {
  it('S18: no phone number and no word is in a log, a metric or a trace', async () => {
    await eventually(() => collector.spans.some(({ name }) => name === 'turn'), { what: 'the traces' })
    const metrics = await Promise.all(
      system.stack.processes.map(async ({ metricsUrl }) => (await fetch(metricsUrl)).text()),
    )
    const logs = (await logLines()).map(({ line }) => line)
    const phones = (await loadDrivers()).map(({ phone }) => phone)
    const { phoneNumberId } = system.stack.description.whatsapp
    // A wamid holds the number in base64; a hash without a key can be tried for every number there is.
    const hashOf = (id: string) => `"${createHash('sha256').update(id).digest('hex').slice(0, 8)}"`
    const personal = [
      CANARY,
      ...phones.flatMap((it) => [it, Buffer.from(it).toString('base64').slice(0, 12)]),
      ...phones.flatMap((it) => [hashOf(it), hashOf(`${phoneNumberId}:${it}`)]),
    ]
    const found = (texts: readonly string[]) =>
      personal.filter((it) => texts.some((text) => text.includes(it)))
    expect({ logs: found(logs), metrics: found(metrics), traces: found(collector.bodies) }).toEqual({
      ...{ logs: [], metrics: [], traces: [] },
    })
  })

  it('a service says no more than one line about each', async () => {
    const perService = Map.groupBy(await logLines(), ({ instance }) => instance.replace(/-\d+\.log$/, ''))
    const talkative = [...perService].filter(([, lines]) => lines.length > DRIVERS * MESSAGES_EACH)
    expect(talkative.map(([service]) => service)).toEqual([])
    expect([...perService.keys()]).toEqual(
      expect.arrayContaining(['ingress', 'intake', 'assistant', 'sender']),
    )
  })
})

const loadDrivers = async () =>
  (await sandbox.drivers()).filter(({ id }) => id.startsWith('driver-load')).slice(0, DRIVERS)

/** All that the services have written: they log at info and above. */
async function logLines(): Promise<{ instance: string; line: string }[]> {
  const instances = (await readdir(system.logsDir)).filter((name) => /^[a-z]+-\d+\.log$/.test(name))
  const texts = await Promise.all(
    instances.map(async (instance) => ({
      instance,
      text: await readFile(join(system.logsDir, instance), 'utf8'),
    })),
  )
  return texts.flatMap(({ instance, text }) =>
    text
      .trim()
      .split('\n')
      .map((line) => ({ instance, line })),
  )
}

/** Nothing waits, nobody holds a lane, nothing is in doubt. */
async function drained() {
  await eventually(
    async () => {
      const { rows } = await system.pool.query<{ recorded: string; open: string }>(
        `SELECT (SELECT count(*) FROM inbound) AS recorded,
           (SELECT count(*) FROM inbound WHERE status = 'waiting')
           + (SELECT count(*) FROM outbound WHERE state IN ('pending', 'sending', 'unknown'))
           + (SELECT count(*) FROM lanes WHERE lease_until > now()) AS open`,
      )
      return Number(rows[0]?.recorded) === DRIVERS * MESSAGES_EACH && rows[0]?.open === '0'
    },
    { timeoutMs: 100_000, what: 'the system to be drained' },
  )
}

it('P8: no reply of this suite says what stands nowhere', async () => {
  expect(await inventedOn(system)).toEqual([])
})
