import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
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
afterAll(async () => system[Symbol.asyncDispose]())

const says = (transcript: string, more: object = {}) => ({ type: 'audio', audio: { transcript, ...more } })

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
