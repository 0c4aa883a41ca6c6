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

const says = (transcript: string, more: object = {}) => ({ type: 'audio', audio: { transcript, ...more } })

const proofWrites = async () => (await sandbox.orderWrites()).filter(({ action }) => action === 'proof')

describe('proof of delivery', () => {
  it('keeps a photo with the order that it names, and the order system has it', async () => {
    const answer = await sandbox.phone(JOHAN).ask({ type: 'image', image: { caption: '12346' } })
    expect(answer.text).toBe('📎 Kept as proof for order #12346 (Westside Restaurant): 1 photo.')
    const write = await eventually(async () => (await proofWrites())[0], {
      what: 'the proof in the order system',
    })
    expect(write).toMatchObject({
      driverId: 'driver-johan',
      orderId: '12346',
      idempotencyKey: expect.any(String),
      body: { parts: [{ kind: 'photo', content_type: 'image/jpeg', caption: '12346' }] },
    })
  })

  it('takes an album and a location for one proof, and asks which order it is for', async () => {
    const phone = sandbox.phone(MARIA)
    const before = (await phone.answers()).length
    await Promise.all([1, 2, 3].map(() => phone.send({ type: 'image', image: {} })))
    const asked = await eventually(async () => (await phone.answers())[before], { what: 'an answer' })
    expect(asked.text).toMatch(/^📎 Guardei 3 fotos\. É de qual pedido\?/)
    const place = { latitude: -23.55, longitude: -46.63 }
    expect((await phone.ask({ type: 'location', location: place })).text).toContain('3 fotos e a localização')
    expect((await phone.ask('2')).text).toMatch(
      /^📎 Guardado como comprovante do pedido #\d+ \(.*\): 3 fotos e a localização\./,
    )
    await eventually(async () => (await proofWrites()).length === 2, {
      what: 'the proof in the order system',
    })
    expect((await proofWrites())[1]).toMatchObject({ body: { location: place, parts: { length: 4 } } })
  })

  it('asks for a photo again that WhatsApp has no longer', async () => {
    const answer = await sandbox.phone(DIEGO).ask({ type: 'image', image: { id: '404' } })
    expect(answer.text).toBe('No pude obtener ese archivo de WhatsApp. ¿Puedes enviarlo otra vez?')
  })
})

describe('voice notes', () => {
  it.each([
    [
      JOHAN,
      'What are my orders today?',
      /^🎤 “What are my orders today\?”\n\n📦 You have 3 orders today, Johan!/,
    ],
    [MARIA, 'Quais são as minhas entregas de hoje?', /^🎤 “Quais são .*”\n\n📦 Você tem 5 pedidos hoje/],
    [DIEGO, '¿Qué pedidos tengo hoy?', /^🎤 “¿Qué pedidos .*”\n\n📦 ¡Tienes/],
  ])('are heard and answered: %s', async (phone, transcript, answer) => {
    expect((await sandbox.phone(phone).ask(says(transcript))).text).toMatch(answer)
  })

  it('that are too long are not listened to', async () => {
    const answer = await sandbox.phone(JOHAN).ask(says('My orders, and also …', { seconds: 300 }))
    expect(answer.text).toContain('I can listen to 2 minutes')
  })
})

it('P8: no reply of this suite says what stands nowhere', async () => {
  expect(await inventedOn(system)).toEqual([])
})
