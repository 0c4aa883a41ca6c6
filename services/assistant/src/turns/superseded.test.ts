import { expect, it } from '@jest/globals'
import { supersededIn } from './superseded.ts'

const message = (wamid: string, kind: string, body: object) => ({ wamid, kind, body, attempts: 1, sentAt: 0 })
const text = (wamid: string) => message(wamid, 'text', { text: { body: wamid } })
const edit = (wamid: string, original: string) =>
  message(wamid, 'edit', {
    edit: { original_message_id: original, message: { type: 'text', text: { body: wamid } } },
  })
const revoke = (wamid: string, original: string) =>
  message(wamid, 'revoke', { revoke: { original_message_id: original } })

it('leaves out what was edited or deleted before it was answered', () => {
  const messages = [text('a'), text('b'), edit('c', 'a'), edit('d', 'a'), edit('e', 'b'), revoke('f', 'b')]
  expect(Object.fromEntries(supersededIn(messages))).toEqual({ a: 'd', b: 'f', c: 'd', e: 'f' })
})

it('leaves everything else as it is', () => {
  expect(supersededIn([text('a'), edit('b', 'older'), message('c', 'edit', {})])).toEqual(
    new Map([['older', 'b']]),
  )
})
