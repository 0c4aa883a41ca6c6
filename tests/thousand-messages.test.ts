import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { inventedOn } from './e2e/check-grounding.ts'
import { freshStack, type TestStack } from './fresh-stack.ts'
import { sandboxAt } from './sandbox.ts'

jest.setTimeout(120_000)

const DRIVERS = 100
const MESSAGES_EACH = 10
const WORDS = [
  'What are my orders today?',
  '1',
  'What is my next stop?',
  'help',
  '2',
  'thanks',
  'orders',
  '3',
  'next',
  'help',
]

let system: TestStack
let sandbox: ReturnType<typeof sandboxAt>

beforeAll(async () => {
  system = await freshStack()
  sandbox = sandboxAt(system.stack.description.urls.sandbox)
})
// A service may take 25 s to stop.
afterAll(async () => system[Symbol.asyncDispose](), 60_000)

describe('a thousand messages from a hundred drivers', () => {
  it('P2, P3, P4: are answered in order, none lost, none twice', async () => {
    const drivers = (await sandbox.drivers())
      .filter(({ id }) => id.startsWith('driver-load'))
      .slice(0, DRIVERS)
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
