import { expect, it } from '@jest/globals'
import { textMessage } from '@waybill/whatsapp'
import { REPLIES } from '../replies/replies.ts'
import { refusalOf } from './carry-out.ts'

const driver = {
  id: 'driver-johan',
  name: 'Johan',
  status: 'active' as const,
  language: null,
  timeZone: 'America/New_York',
}
const refund = { name: 'refund', permission: 'refunds' }

it('S7: lets only drivers with its permission use a tool, tells the others, and has it on record', () => {
  const refusal = (tool: { name: string; permission: string | undefined }, permissions: string[]) =>
    refusalOf(tool, { driver: { ...driver, permissions }, say: REPLIES.en })
  expect(refusal(refund, ['refunds'])).toBeUndefined()
  expect(refusal({ name: 'help', permission: undefined }, [])).toBeUndefined()
  expect(refusal(refund, ['customer-phone'])).toEqual({
    replies: [textMessage(REPLIES.en.talk.notAllowed)],
    summary: 'refused refund',
    audit: [{ action: 'auth.not-permitted', detail: { tool: 'refund' } }],
  })
})
