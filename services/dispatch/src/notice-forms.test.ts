import { expect, it } from '@jest/globals'
import type { PendingNotice } from '@waybill/database'
import { webhookBody } from './post-webhook.ts'
import { mailOf } from './send-email.ts'
import { backoffMs } from './tell-dispatch.ts'

const notice: PendingNotice = {
  id: '5f0c7b1e-3c55-4c43-9d0e-7a7c2b8f4a10',
  kind: 'declined',
  priority: 'high',
  driverId: 'driver-johan',
  driverName: 'Johan',
  text: 'Can not take the route of 2026-11-23.',
  reason: 'my <b>truck</b> broke down',
  told: [],
  attempts: 1,
}

it('posts what the dispatch webhook expects', () => {
  expect(webhookBody(notice)).toEqual({
    driver_id: 'driver-johan',
    driver_name: 'Johan',
    action: 'declined',
    reason: 'my <b>truck</b> broke down',
    message: 'Can not take the route of 2026-11-23.',
    priority: 'high',
  })
  expect(webhookBody({ ...notice, reason: null })).not.toHaveProperty('reason')
})

it('S12: writes a mail in plain text, with the same Message-ID on every try', () => {
  const mail = mailOf({ ...notice, driverName: 'Johan\r\nBcc: x@example.com' })
  expect(mail).toMatchObject({
    messageId: '<5f0c7b1e-3c55-4c43-9d0e-7a7c2b8f4a10@waybill>',
    subject: '[high] Johan Bcc: x@example.com: declined',
  })
  expect(mailOf(notice)).not.toHaveProperty('html')
  expect(mailOf(notice).text).toBe(
    "Driver: Johan (driver-johan)\n\nCan not take the route of 2026-11-23.\n\nIn the driver's words: my <b>truck</b> broke down",
  )
})

it.each([
  [1, 1_000],
  [2, 2_000],
  [5, 16_000],
  [11, 600_000],
  [40, 600_000],
])('comes back after attempt %i in %i ms at most, and in half of it at least', (attempts, ms) => {
  expect(backoffMs(attempts, () => 1)).toBe(ms)
  expect(backoffMs(attempts, () => 0)).toBe(ms / 2)
})
