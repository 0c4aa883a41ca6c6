import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { openSandbox, type TestSandbox } from '../../../test/open-sandbox.ts'
import { translate, translationWanted } from './translate.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await openSandbox()
})
afterAll(() => sandbox[Symbol.asyncDispose]())

const asked = (text: string) => JSON.stringify({ language: 'french', code: 'fr', texts: [text, 'My orders'] })

it('translates what it knows, the same way every time, and leaves the rest and all numbers alone', () => {
  const wanted = translationWanted(asked('📦 You have 3 orders today, ⟦1⟧!\nXyzzy 12:00 PM'))
  expect(wanted && translate(wanted)).toBe(
    JSON.stringify({
      texts: ["📦 Vous avez 3 commandes aujourd'hui, ⟦1⟧!\nXyzzy 12:00 PM", 'Mes commandes'],
    }),
  )
  expect(translationWanted('what are my orders?')).toBeUndefined()
})

it('answers as a model does, and gets every number wrong when it is told to', async () => {
  const ask = async () => {
    const messages = [
      { role: 'system', content: 'Translate.' },
      { role: 'user', content: asked('You have 3 orders') },
    ]
    const { json } = await sandbox.openrouter('/chat/completions', {
      model: 'openai/gpt-5-mini',
      messages,
      reasoning: { effort: 'minimal' },
    })
    return json.choices[0].message.content
  }
  expect(await ask()).toContain('Vous avez 3 commandes')
  await sandbox.control('PUT', '/faults/openrouter', { miscounts: true })
  expect(await ask()).toContain('Vous avez 4 commandes')
})
