import { globSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { importDrivers } from '@waybill/tools'
import { freshStack, type TestStack } from '../fresh-stack.ts'
import { sandboxAt } from '../sandbox.ts'
import { type Conversation, readConversations } from './conversation-file.ts'
import { type Cast, play } from './play.ts'

jest.setTimeout(180_000)

const FOLDER = fileURLToPath(new URL('conversations', import.meta.url))
const conversations = globSync('*.yaml', { cwd: FOLDER })
  .toSorted()
  .flatMap((file) => readConversations(join(FOLDER, file)))

/** Played side by side: each has a driver of its own. */
const AT_ONCE = 12

const cast = conversations.map((conversation, index) => ({
  conversation,
  driverId: `driver-suite-${index + 1}`,
  phone: `1555040${String(index + 1).padStart(4, '0')}`,
  timeZone: conversation.driver.timeZone,
}))

let system: TestStack
let sandbox: ReturnType<typeof sandboxAt>
const results = new Map<Conversation, string[]>()

beforeAll(async () => {
  using dir = mkdtempDisposableSync(join(tmpdir(), 'waybill-fleet-'))
  const fleet = join(dir.path, 'fleet.json')
  writeFileSync(fleet, JSON.stringify({ drivers: cast.map(fleetDriver) }))
  system = await freshStack(() => ({
    env: {
      sandbox: { SANDBOX_FLEET: fleet },
      assistant: { ORDER_EVENTS_MERGE_MS: '300', QUIET_FROM: '00:00', QUIET_UNTIL: '00:00' },
      scheduler: { SWEEP_INTERVAL_MS: '300' },
    },
  }))
  sandbox = sandboxAt(system.stack.description.urls.sandbox)
  await importDrivers(
    system.servers.postgresUrl,
    cast.filter(({ conversation }) => !conversation.driver.isStranger).map(driverRow),
  )
  const waiting = [...cast]
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        results.set(next.conversation, await play(next.conversation, next, { sandbox, undoIsOver }))
      }
    }),
  )
}, 180_000)
afterAll(async () => {
  await system[Symbol.asyncDispose]()
})

describe('conversations', () => {
  it.each(conversations)('$file: $name', (conversation) => {
    expect(results.get(conversation)?.join('\n')).toBe('')
  })
})

async function undoIsOver({ driverId }: Cast): Promise<void> {
  const { pool } = system
  await pool.query(`UPDATE dispatch_notices SET not_before = '-infinity' WHERE driver_id = $1`, [driverId])
  await pool.query('UPDATE order_commands SET not_before = now() WHERE driver_id = $1', [driverId])
  await pool.query('UPDATE lanes SET not_before = NULL WHERE key = $1', [driverId])
}

type Part = Cast & { conversation: Conversation }

function fleetDriver({ conversation: { driver }, driverId, phone, timeZone }: Part) {
  const index = Number(phone.slice(-4))
  return {
    ...{ id: driverId, name: driver.name, phone, userId: `US.9000000000${phone}`, timeZone },
    ...{ language: driver.language ?? 'en', status: 'active' },
    orders: { firstId: 700_000 + index * 100, count: driver.orders },
  }
}

function driverRow({ conversation: { driver }, driverId, phone, timeZone }: Part) {
  return {
    ...{ id: driverId, name: driver.name, phone, status: driver.status, timeZone },
    ...(driver.language === null ? {} : { language: driver.language }),
    ...{ checkInAt: null, checkInUntil: '23:59', permissions: driver.permissions },
  }
}
