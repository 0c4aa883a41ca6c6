import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { inventedOn } from './e2e/check-grounding.ts'
import { freshStack, type TestStack } from './fresh-stack.ts'
import { sandboxAt } from './sandbox.ts'

const JOHAN = '12125550101'
const MARIA = '5511987650102'
const DIEGO = '525512340103'

let system: TestStack
let sandbox: ReturnType<typeof sandboxAt>

beforeAll(async () => {
  system = await freshStack(() => ({ scale: { ingress: 1, intake: 1, assistant: 2, sender: 1 } }))
  sandbox = sandboxAt(system.stack.description.urls.sandbox)
}, 60_000)
// A service may take 25 s to stop.
afterAll(async () => system[Symbol.asyncDispose](), 60_000)

const edited = (original: string | undefined, body: string) => ({
  type: 'edit',
  edit: { original_message_id: original, message: { type: 'text', text: { body } } },
})
const confirmations = async () =>
  (await sandbox.orderWrites()).filter(({ action }) => action === 'confirm').map(({ body }) => body)

describe('a message that was changed', () => {
  it.each([
    [JOHAN, 'details of order 12345', 'details of order 12347', 'Airport Terminal B'],
    [MARIA, 'pedidos', 'próxima parada', '🚚'],
    [DIEGO, 'pedidos', 'siguiente parada', '🚚'],
  ])('is answered in its new words: %s', async (number, first, second, answer) => {
    const phone = sandbox.phone(number)
    const [original] = await phone.send(first)
    await eventually(async () => (await phone.answers()).length === 1, { what: 'the first answer' })
    const corrected = await phone.ask(edited(original, second))
    expect(corrected.text).toContain(answer)
    expect(corrected.context?.id).toBe(original)
  })

  it('writes nothing twice', async () => {
    const phone = sandbox.phone(JOHAN)
    const before = (await phone.answers()).length
    const [original] = await phone.send('I confirm order 12345')
    await eventually(async () => (await phone.answers()).length > before, { what: 'the confirmation' })
    expect((await phone.ask(edited(original, 'I confirm order 12345 please'))).text).toContain(
      'already confirmed',
    )
    expect((await phone.ask(edited(original, 'I confirm order 12346'))).text).toContain(
      'do you want to confirm order #12346',
    )
    await eventually(async () => (await confirmations()).length === 1, { what: 'one confirmation' })
  })

  it('that was deleted after its answer is left alone', async () => {
    const phone = sandbox.phone(JOHAN)
    const [original] = await phone.send('help')
    await eventually(async () => (await phone.answers()).some(({ context }) => context?.id === original), {
      what: 'the answer',
    })
    const before = (await phone.answers()).length
    await phone.send({ type: 'revoke', revoke: { original_message_id: original } })
    await phone.ask('next')
    expect(await phone.answers()).toHaveLength(before + 1)
  })
})

describe('a message that is pointed at', () => {
  it('by a reply: a number is of the list that is quoted', async () => {
    const phone = sandbox.phone(JOHAN)
    const list = await phone.ask('my orders')
    await phone.ask('details of order 12345')
    const answer = await phone.ask({ type: 'text', text: '3', context: { id: list.wamid } })
    expect(answer.text).toContain('Airport Terminal B')
  })

  it('by a thumb: it answers the question that it is on, and no other message', async () => {
    const phone = sandbox.phone(JOHAN)
    const other = await phone.ask('my orders')
    const question = await phone.ask('should I confirm order 12347?')
    const asked = question.text?.includes('Do you want to confirm') ? question : await phone.ask('confirm it')
    expect(asked.text).toContain('do you want to confirm order #12347'.slice(3))
    await phone.send({ type: 'reaction', reaction: { message_id: other.wamid, emoji: '👍' } })
    const answer = await phone.ask({ type: 'reaction', reaction: { message_id: asked.wamid, emoji: '👍' } })
    expect(answer.text).toBe("✅ Order #12347 is confirmed. I'm passing it on.")
    await eventually(async () => (await confirmations()).length === 2, { what: 'the second confirmation' })
  })
})

describe('what cannot be read', () => {
  it.each([
    [JOHAN, { type: 'sticker', sticker: {} }, 'Nice one!'],
    [MARIA, { type: 'video', video: {} }, 'vídeos'],
    [DIEGO, { type: 'contacts', contacts: [{ name: { formatted_name: 'Ana' } }] }, 'contactos'],
    [JOHAN, { type: 'unsupported' }, "I can't read this kind of message"],
  ])('gets a kind sentence: %s', async (phone, message, answer) => {
    expect((await sandbox.phone(phone).ask(message)).text).toContain(answer)
  })
})

it('P8: no reply of this suite says what stands nowhere', async () => {
  expect(await inventedOn(system)).toEqual([])
})
