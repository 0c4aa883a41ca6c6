import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { freshStack, type TestStack } from './fresh-stack.ts'
import { sandboxAt } from './sandbox.ts'

const JOHAN = '12125550101'
const MARIA = '5511987650102'

let system: TestStack
let sandbox: ReturnType<typeof sandboxAt>

beforeAll(async () => {
  system = await freshStack(() => ({ scale: { ingress: 1, intake: 1, assistant: 2, sender: 1 } }))
  sandbox = sandboxAt(system.stack.description.urls.sandbox)
}, 60_000)
// A service may take 25 s to stop.
afterAll(async () => system[Symbol.asyncDispose](), 60_000)

async function admin(method: string, path: string, body: object = {}, headers: Record<string, string> = {}) {
  const { adminUrl, adminToken } = system.stack.description.dispatch
  const response = await fetch(`${adminUrl}${path}`, {
    method,
    headers: {
      ...{ authorization: `Bearer ${adminToken}`, 'x-operator': 'Ana', 'content-type': 'application/json' },
      ...headers,
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  })
  return response.json()
}

describe('a driver and a person', () => {
  const conversation = () =>
    `/conversations/${encodeURIComponent(`${system.stack.description.whatsapp.phoneNumberId}:${JOHAN}`)}`

  it('dispatch hears at once who asks for a person, takes over, writes, and gives the conversation back', async () => {
    const phone = sandbox.phone(JOHAN)
    expect((await phone.ask('I want to talk to a person')).text).toContain("I've asked dispatch for a person")
    const notice = await eventually(
      async () => (await sandbox.notices()).find(({ action }) => action === 'help'),
      { what: 'dispatch to be told' },
    )
    expect(notice).toMatchObject({ driver_id: 'driver-johan', priority: 'high' })

    await admin('PUT', `${conversation()}/takeover`, { minutes: 10 })
    const key = { 'idempotency-key': randomUUID() }
    const before = (await phone.answers()).length
    await admin('POST', `${conversation()}/messages`, { text: 'Ana here. What happened?' }, key)
    await eventually(async () => (await phone.answers())[before], { what: "the person's message" })
    const wamids = await phone.sendAcked('confirm 12345')
    await eventually(
      async () =>
        (
          await system.pool.query(`SELECT FROM inbound WHERE wamid = ANY ($1) AND status = 'answered'`, [
            wamids,
          ])
        ).rowCount === 1,
      { what: 'the word to be recorded' },
    )
    expect((await phone.answers()).map(({ text }) => text).slice(before)).toEqual([
      'Ana here. What happened?',
    ])
    expect((await system.pool.query('SELECT FROM order_commands')).rowCount).toBe(0)
    await admin('DELETE', `${conversation()}/takeover`)
    expect((await phone.ask('orders')).text).toContain('You have 3 orders today, Johan!')
  })
})

describe('questions', () => {
  it('are answered from the FAQ, from the order, or by dispatch for the next one who asks', async () => {
    const phone = sandbox.phone(JOHAN)
    expect((await phone.ask('what if nobody is home?')).text).toContain('Ring twice and wait five minutes.')
    expect((await phone.ask('where can I park for 12345?')).text).toContain("I don't see that in the order.")
    const { rows } = await system.pool.query<{ id: string }>(
      `SELECT id FROM unanswered_questions WHERE question = 'where can i park for'`,
    )
    await admin('POST', `/questions/${rows[0]?.id}/answer`, {
      answer: 'In the loading zone.',
      title: 'Parking',
    })
    expect((await phone.ask('what do I do to park?')).text).toContain('In the loading zone.')
  })
})

describe('languages', () => {
  it('a wish changes the language; what the model gets wrong stays English', async () => {
    const phone = sandbox.phone(MARIA)
    expect((await phone.ask('speak English')).text).toContain("I'll write in English")
    expect((await phone.ask("en français s'il vous plaît")).text).toContain("j'écris en Français")
    expect((await phone.ask('orders')).text).toMatch(/Vous avez \d+ commandes aujourd'hui, Maria!/)
    await sandbox.setFaults('openrouter', { miscounts: true })
    const details = await phone.ask('1')
    expect(details.text).toContain('👤 Customer: ')
    await sandbox.setFaults('openrouter', {})
    expect((await phone.ask('1')).text).toContain('👤 Client: ')
    expect((await phone.ask('em português')).text).toContain('escrevo em português')
  })
})
