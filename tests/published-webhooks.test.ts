import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { signatureOf } from '@waybill/whatsapp'
import { z } from 'zod'
import { freshStack, type TestStack } from './fresh-stack.ts'
import { sandboxAt } from './sandbox.ts'

// Webhooks that other people published: packages/whatsapp/fixtures/README.md.
const folder = new URL('../packages/whatsapp/fixtures/webhooks/', import.meta.url)
const fixtures = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.json'),
)

// A reaction to nothing that was asked needs no answer, nor does a message that was taken back.
const SILENT = /^(message\/(un)?reaction|deleted_message)/

const webhookSchema = z.looseObject({
  entry: z.array(
    z.looseObject({ changes: z.array(z.looseObject({ value: z.record(z.string(), z.unknown()) })) }),
  ),
})

let system: TestStack
let sandbox: ReturnType<typeof sandboxAt>
let phones: string[] = []

beforeAll(async () => {
  system = await freshStack(() => ({
    forgesMessages: true,
    scale: { ingress: 1, intake: 1, assistant: 1, sender: 1 },
  }))
  sandbox = sandboxAt(system.stack.description.urls.sandbox)
  const drivers = await sandbox.drivers()
  phones = drivers.filter(({ id }) => id.startsWith('driver-load')).map(({ phone }) => phone)
})
// A service may take 25 s to stop.
afterAll(async () => system[Symbol.asyncDispose](), 60_000)

async function post(body: string): Promise<number> {
  const { urls, whatsapp } = system.stack.description
  const signature = signatureOf(Buffer.from(body), whatsapp.appSecret)
  return (await fetch(urls.webhook, { method: 'POST', body, headers: { 'x-hub-signature-256': signature } }))
    .status
}

const count = async (sql: string, ...values: unknown[]) =>
  Number((await system.pool.query<{ count: string }>(`SELECT count(*) FROM ${sql}`, values)).rows[0]?.count)

const onRecord = async () =>
  (await count('webhook_events')) +
  (await count('inbound')) +
  // They are of another year: without effect, but not without a trace.
  (await count("audit WHERE action = 'webhook.too-old'"))

describe('a published webhook, as it is', () => {
  // They are for other numbers than ours, but for one that uses the number of Meta's documentation as we do.
  it.each(fixtures)('%s: is acknowledged, and on record', async (name) => {
    const before = await onRecord()
    expect(await post(readFileSync(new URL(name, folder), 'utf8'))).toBe(200)
    await eventually(async () => (await onRecord()) > before, { what: 'it to be recorded' })
  })

  it('S5: has no effect when it is for another number', async () => {
    expect(
      await count(
        'inbound i JOIN conversations c ON c.id = conversation_id WHERE phone_number_id <> $1',
        system.stack.description.whatsapp.phoneNumberId,
      ),
    ).toBe(0)
  })
})

describe('the same webhook for our number, from a driver of ours', () => {
  const ours = fixtures.filter((name) =>
    readFileSync(new URL(name, folder), 'utf8').includes('"messages": ['),
  )

  it.each(ours)('%s: is answered sensibly', async (name) => {
    const phone = phones.pop() ?? ''
    await sandbox.phone(phone).ask('help')
    const wamid = `wamid.published.${name}`
    expect(await post(readdressed(name, phone, wamid))).toBe(200)
    const [turn] = await eventually(
      async () => {
        const { rows } = await system.pool.query<{ turn_id: string; status: string }>(
          'SELECT turn_id, status FROM inbound WHERE wamid = $1',
          [wamid],
        )
        return rows[0]?.status === 'answered' ? rows : undefined
      },
      { what: 'it to be answered' },
    )
    const replies = await count('outbound WHERE turn_id = $1', turn?.turn_id)
    expect(replies).toBe(SILENT.test(name) ? 0 : 1)
  })
})

/** As WhatsApp would send it to us: our number, one of our drivers, an id of its own. */
function readdressed(name: string, phone: string, wamid: string): string {
  const webhook = webhookSchema.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8')))
  const { whatsapp } = system.stack.description
  for (const { value } of webhook.entry.flatMap(({ changes }) => changes)) {
    value.metadata = { phone_number_id: whatsapp.phoneNumberId }
    value.contacts = [{ wa_id: phone }]
    value.messages = z
      .array(z.looseObject({}))
      .parse(value.messages)
      .map(({ from_user_id: _user, ...message }) => ({
        ...message,
        from: phone,
        id: wamid,
        timestamp: String(Math.floor(Date.now() / 1_000)),
      }))
  }
  return JSON.stringify(webhook)
}
