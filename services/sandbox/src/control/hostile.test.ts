import { expect, it } from '@jest/globals'
import { hostile } from '@waybill/test-kit/hostile'
import fc from 'fast-check'
import { JOHAN, openSandbox } from '../../test/open-sandbox.ts'

const MESSAGES = [
  { type: 'text', text: 'My orders?' },
  { type: 'image', image: { caption: 'x', data: 'AAAA', mime_type: 'image/jpeg', seconds: 1 } },
  {
    from: JOHAN,
    type: 'interactive',
    interactive: { type: 'button_reply', button_reply: { id: 'x', title: 'y' } },
  },
  { type: 'location', location: { latitude: 1, longitude: 1 } },
]

it('S6: whatever the sandbox is told to do, it does or says what is wrong with it', async () => {
  await using sandbox = await openSandbox()
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...MESSAGES).chain(hostile.variantOf), async (message) => {
      const { status } = await sandbox.control('POST', `/drivers/${JOHAN}/messages`, message)
      expect([200, 201, 202, 400, 413, 422]).toContain(status)
    }),
  )
}, 60_000)
