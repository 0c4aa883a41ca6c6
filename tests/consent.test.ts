import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { checkInStack } from './check-in-stack.ts'

jest.setTimeout(120_000)

let world: Awaited<ReturnType<typeof checkInStack>>
beforeAll(async () => {
  world = await checkInStack()
}, 120_000)
// A service may take 25 s to stop.
afterAll(async () => world[Symbol.asyncDispose](), 60_000)

it('S34: a check-in that was queued before STOP is never sent, the answer is, and START brings the news back', async () => {
  const driver = world.someDriver()
  const phone = world.sandbox.phone(driver.phone)
  await phone.ask('help')
  await world.sandbox.setFaults('whatsapp', { down: true, only: ['messages.send'] })
  await world.makeDue(driver)
  await world.untilState(driver, 'asked')
  await phone.sendAcked('STOP')
  await eventually(async () => (await world.toldOf(driver)).some(({ action }) => action === 'opted-out'), {
    ...{ what: 'dispatch to be told', timeoutMs: 20_000 },
  })
  await world.sandbox.setFaults('whatsapp', {})
  expect((await world.shownOn(driver, 2))?.text).toContain('🔕')
  const { rows } = await world.pool.query(
    `SELECT o.state, o.last_error FROM outbound o JOIN turns t ON t.id = o.turn_id
     WHERE t.driver_id = $1 AND o.priority = 'broadcast'`,
    [driver.id],
  )
  expect(rows).toEqual([{ state: 'failed', last_error: 'cancelled: the driver has opted out' }])
  // Nor is it asked again.
  await world.hourIsOver(driver)
  await world.untilState(driver, 'skipped')
  expect(await phone.answers()).toHaveLength(2)

  expect((await phone.ask('START')).text).toContain('🔔')
})
