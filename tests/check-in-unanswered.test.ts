import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { checkInStack } from './check-in-stack.ts'

let world: Awaited<ReturnType<typeof checkInStack>>
beforeAll(async () => {
  world = await checkInStack()
}, 60_000)
// A service may take 25 s to stop.
afterAll(async () => world[Symbol.asyncDispose](), 60_000)

describe('when nobody answers', () => {
  it('reminds once, and then tells dispatch once', async () => {
    const driver = await world.askedDriver()
    await world.hourIsOver(driver)
    expect((await world.shownOn(driver, 3))?.text).toMatch(/^⏰ Load, do you take today's route\?/)
    await world.hourIsOver(driver)
    await world.untilState(driver, 'unanswered')
    await eventually(async () => (await world.toldOf(driver)).length > 0, { what: 'dispatch to be told' })
    expect(await world.toldOf(driver)).toMatchObject([{ action: 'check-in-unanswered', priority: 'high' }])
    expect(await world.sandbox.phone(driver.phone).answers()).toHaveLength(3)
    // It is never too late for a yes.
    expect((await world.sandbox.phone(driver.phone).ask('1')).text).toContain('is accepted')
    await eventually(async () => (await world.toldOf(driver)).length > 1, {
      what: 'dispatch to hear of that',
    })
    expect(await world.toldOf(driver)).toMatchObject([{}, { action: 'accepted-after-silence' }])
  })
})

describe('after an outage', () => {
  it('leaves it to dispatch when it has got too late to ask', async () => {
    const driver = world.someDriver()
    await world.makeDue(driver, 12)
    await world.untilState(driver, 'unanswered')
    await eventually(async () => (await world.toldOf(driver)).length > 0, { what: 'dispatch to be told' })
    expect(await world.toldOf(driver)).toMatchObject([{ action: 'check-in-missed' }])
    expect(await world.sandbox.phone(driver.phone).answers()).toEqual([])
  })

  it('asks nobody who has no orders', async () => {
    const aisha = { id: 'driver-aisha', phone: '13125550106' }
    await world.makeDue(aisha)
    await world.untilState(aisha, 'skipped')
    expect([await world.sandbox.phone(aisha.phone).answers(), await world.toldOf(aisha)]).toEqual([[], []])
  })

  it('tries again until dispatch, having been away, has heard of it', async () => {
    const driver = world.someDriver()
    await world.sandbox.setFaults('dispatch', { down: true })
    await world.makeDue(driver, 12)
    await eventually(
      async () =>
        (
          await world.pool.query('SELECT 1 FROM dispatch_notices WHERE driver_id = $1 AND attempts > 1', [
            driver.id,
          ])
        ).rows.length > 0,
      { what: 'two attempts', timeoutMs: 20_000 },
    )
    await world.sandbox.setFaults('dispatch', {})
    await eventually(
      async () => {
        await world.minuteIsOver(driver)
        return (await world.toldOf(driver)).length > 0
      },
      { what: 'dispatch to be told', timeoutMs: 30_000 },
    )
    expect(await world.toldOf(driver)).toHaveLength(1)
  })
})
