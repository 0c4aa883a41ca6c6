import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { deadLettersCommand } from '@waybill/tools'
import { freshStack, type TestStack } from './fresh-stack.ts'
import { sandboxAt } from './sandbox.ts'

const JOHAN = '12125550101'
const MARIA = '5511987650102'

let system: TestStack
let sandbox: ReturnType<typeof sandboxAt>

beforeAll(async () => {
  system = await freshStack(() => ({ scale: { ingress: 1, intake: 1, assistant: 1, sender: 1 } }))
  sandbox = sandboxAt(system.stack.description.urls.sandbox)
}, 60_000)
// A service may take 25 s to stop.
afterAll(async () => system[Symbol.asyncDispose](), 60_000)

/** What the operator sees of `npm run dead-letters`. */
async function deadLetters(...args: string[]): Promise<{ code: number; output: string }> {
  const { adminUrl, adminToken } = system.stack.description.dispatch
  const lines: string[] = []
  const api = () => ({ url: adminUrl, token: adminToken })
  const code = await deadLettersCommand([...args, '--as', 'Ana'], api, (line) => lines.push(line))
  return { code, output: lines.join('\n') }
}

async function untilListed(...filter: string[]): Promise<{ id: string; line: string }> {
  return eventually(
    async () => {
      const [line = ''] = (await deadLetters('list', ...filter)).output.split('\n')
      const [id] = /^ *\d+(?= )/.exec(line) ?? []
      return id !== undefined && line.includes('open') ? { id: id.trim(), line } : undefined
    },
    { what: 'a dead letter', timeoutMs: 60_000 },
  )
}

/** PostgreSQL refuses that what this driver writes is answered, until told otherwise. */
async function poison(phone: string) {
  await system.pool.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'value out of range' USING ERRCODE = '22003'; END $$`)
  await system.pool.query(`CREATE TRIGGER refuse BEFORE UPDATE ON inbound FOR EACH ROW
    WHEN (NEW.status = 'answered' AND NEW.conversation_id LIKE '%:${phone}') EXECUTE FUNCTION refuse()`)
  return () => system.pool.query('DROP FUNCTION refuse CASCADE')
}

describe('an operator', () => {
  it('finds a webhook that can not be read, sees what it looks like, and drops it', async () => {
    const { webhook } = await sandbox.phone(JOHAN).write({ type: 'text', text: 'hello from Johan' })
    const body = webhook.replace(/"id":"wamid[^"]+"/, '"id":7')
    await sandbox.postWebhook(body)
    const { id, line } = await untilListed('--queue', 'intake.webhook-received')
    expect(line).toMatch(/message: id/)

    const { output } = await deadLetters('show', id)
    expect(output).toContain('whatsapp_business_account')
    expect(output).not.toMatch(/Johan|12125550101/)
    expect((await deadLetters('show', id, '--reveal')).output).toContain('hello from Johan')
    expect(await deadLetters('drop', id)).toEqual({ code: 0, output: '1 dropped' })
    expect((await deadLetters('list')).output).toBe('0 in all')
    const { rows } = await system.pool.query(
      `SELECT action, detail ->> 'by' AS by FROM audit WHERE action LIKE 'dead-letter.%' ORDER BY id`,
    )
    expect(rows).toEqual([
      { action: 'dead-letter.revealed', by: 'Ana' },
      { action: 'dead-letter.dropped', by: 'Ana' },
    ])
  })

  it('replays a message that could not be answered: the driver gets one answer, also when it is done twice', async () => {
    const phone = sandbox.phone(JOHAN)
    await phone.ask('help')
    const heal = await poison(JOHAN)
    const before = (await phone.answers()).length
    await phone.send('What are my orders today?')
    const { id } = await untilListed('--error', 'value out of range')
    const apology = await eventually(async () => (await phone.answers())[before], { what: 'the apology' })
    expect(apology.text).toMatch(/look/)

    await heal()
    expect(await deadLetters('replay', '--error', 'value out of range')).toEqual({
      code: 0,
      output: '1 replayed',
    })
    const answer = await eventually(async () => (await phone.answers())[before + 1], { what: 'the answer' })
    expect(answer.text).toContain('#12345')
    expect((await deadLetters('replay', id)).output).toMatch(/^nothing to do/)
    expect((await deadLetters('replay', '--all')).output).toMatch(/^nothing to do/)
    expect(await phone.answers()).toHaveLength(before + 2)
  }, 90_000)

  it('S32: a driver who was suspended meanwhile is not answered by a replay', async () => {
    const phone = sandbox.phone(MARIA)
    await phone.ask('ajuda')
    const heal = await poison(MARIA)
    const before = (await phone.answers()).length
    await phone.send('Quais são as minhas entregas de hoje?')
    await untilListed('--since', '1h')
    await heal()
    await system.pool.query(`UPDATE drivers SET status = 'suspended' WHERE id = 'driver-maria'`)
    await deadLetters('replay', '--all')
    const answer = await eventually(async () => (await phone.answers())[before + 1], { what: 'the answer' })
    expect(answer.text).not.toMatch(/#\d/)
  }, 90_000)

  it.each<[string, string[], number, RegExp]>([
    ['an id that is not open', ['replay', '999999'], 0, /nothing to do/],
    ['half a command', ['show'], 2, /^$/],
    ['nothing in particular to replay', ['replay'], 2, /^Which ones/],
    ['ids and all others', ['replay', '17', '--all'], 2, /not both/],
    ['an option that there is not', ['list', '--colour'], 2, /--colour/],
    ['a time that is none', ['list', '--since', 'yesterday'], 2, /2h, 30m, 3d/],
    ['a rate that is too much', ['replay', '--all', '--rate', '1000'], 2, /from 1 to 100/],
  ])('gets an answer to %s', async (_what, args, code, output) => {
    expect(await deadLetters(...args)).toEqual({ code, output: expect.stringMatching(output) })
  })
})
