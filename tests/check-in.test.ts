import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { checkInStack } from './check-in-stack.ts'

let world: Awaited<ReturnType<typeof checkInStack>>
beforeAll(async () => {
  world = await checkInStack()
}, 60_000)
// A service may take 25 s to stop.
afterAll(async () => world[Symbol.asyncDispose](), 60_000)

describe('inside the 24-hour window', () => {
  it('asks with the number of orders, the first stop and buttons, once, with two schedulers', async () => {
    const driver = await world.askedDriver()
    const question = await world.shownOn(driver, 2)
    expect(question?.text).toMatch(
      /^☀️ Good morning, Load! You have [23] orders today\.\n\n📍 First stop: .+\(.+M - .+M\)\n🌦️ .+\.\n\nReply 1 to accept or 2 to decline\.$/,
    )
    expect(JSON.stringify(question?.interactive)).toMatch(/accept:-:.*decline:-:/)
    // Hints at the same step from anywhere, any number of times, change nothing.
    await world.pool.query('UPDATE check_ins SET handed_out_at = NULL WHERE driver_id = $1', [driver.id])
    await world.sandbox.phone(driver.phone).ask('help')
    expect(await world.sandbox.phone(driver.phone).answers()).toHaveLength(3)
    const { rows } = await world.pool.query(
      `SELECT 1 FROM audit WHERE driver_id = $1 AND action = 'check-in.asked'`,
      [driver.id],
    )
    expect(rows).toHaveLength(1)
  })

  it('P6: "1" accepts, without the model, and reaches the order system once', async () => {
    const driver = await world.askedDriver()
    const callsBefore = await world.sandbox.calls('openrouter')
    const answer = await world.sandbox.phone(driver.phone).ask('1')
    expect(answer.text).toMatch(/^✅ Today's route is accepted, Load: [23] orders\./)
    expect(answer.text).toContain('🚚 Your next stops:')
    await world.untilState(driver, 'accepted')
    const writes = await eventually(
      async () => {
        const seen = await world.writesOf(driver)
        return seen.length > 0 ? seen : undefined
      },
      { what: 'the word to reach the order system' },
    )
    expect(writes).toMatchObject([{ action: 'accept' }])
    expect([await world.toldOf(driver), await world.sandbox.calls('openrouter')]).toEqual([[], callsBefore])
  })

  it('"2" declines: asks why, and tells dispatch once, in his own words, after a minute', async () => {
    const driver = await world.askedDriver()
    expect((await world.sandbox.phone(driver.phone).ask('2')).text).toContain(
      "Why can't you take today's route?",
    )
    const noted = await world.sandbox.phone(driver.phone).ask('The gearbox is gone. Again!')
    expect(noted.text).toContain('"The gearbox is gone. Again!"')
    await world.untilState(driver, 'declined')
    expect([await world.toldOf(driver), await world.writesOf(driver)]).toEqual([[], []])
    await world.minuteIsOver(driver)
    await eventually(
      async () => (await world.writesOf(driver)).length > 0 && (await world.toldOf(driver)).length > 0,
      {
        what: 'dispatch and the order system to hear of it',
      },
    )
    expect(await world.toldOf(driver)).toEqual([
      {
        ...{ driver_id: driver.id, driver_name: expect.stringContaining('Load'), action: 'declined' },
        ...{ reason: 'The gearbox is gone. Again!', priority: 'high', message: expect.any(String) },
      },
    ])
    expect(await world.writesOf(driver)).toMatchObject([
      { action: 'decline', body: { reason: 'The gearbox is gone. Again!' } },
    ])
  })

  it('takes the reason from a sentence that gives one', async () => {
    const driver = await world.askedDriver()
    const noted = await world.sandbox.phone(driver.phone).ask("I can't work today, my son is ill")
    expect(noted.text).toContain('"I can\'t work today, my son is ill"')
    await world.untilState(driver, 'declined')
  })

  it('a decline that is undone is heard of by nobody', async () => {
    const driver = await world.askedDriver()
    await world.sandbox.phone(driver.phone).ask('2')
    const noted = await world.sandbox.phone(driver.phone).ask('flat tyre')
    const id = /undo:[^"]+/.exec(JSON.stringify(noted.interactive))?.[0]
    const tap = {
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id, title: 'Undo' } },
    }
    expect((await world.sandbox.phone(driver.phone).ask(tap)).text).toContain(
      'Undone: nobody has heard of it',
    )
    expect((await world.sandbox.phone(driver.phone).ask('1')).text).toContain('is accepted')
    await world.minuteIsOver(driver)
    await eventually(async () => (await world.writesOf(driver)).length > 0, { what: 'the word to arrive' })
    expect([await world.writesOf(driver), await world.toldOf(driver)]).toMatchObject([
      [{ action: 'accept' }],
      [],
    ])
  })

  it('what is unclear does nothing', async () => {
    const driver = await world.askedDriver()
    for (const words of [
      '1?',
      'maybe',
      'I accept if somebody takes the airport',
      'yeah right 🙄',
      "I don't decline",
    ]) {
      await world.sandbox.phone(driver.phone).ask(words)
    }
    const { rows } = await world.pool.query('SELECT 1 FROM order_commands WHERE driver_id = $1', [driver.id])
    expect([rows, await world.stateOf(driver)]).toEqual([[], 'asked'])
  })
})

describe('outside the window', () => {
  it('asks a driver who never wrote by template, and takes its button for an answer', async () => {
    const driver = world.someDriver()
    await world.makeDue(driver)
    const question = await world.shownOn(driver, 1)
    expect(question).toMatchObject({ type: 'template', template: { name: 'morning_check_in' } })
    expect(question?.text).toMatch(/^Good morning, Load! Your orders today: [23]\. First stop: /)
    const payload = /accept:-:[\d-]+/.exec(JSON.stringify(question))?.[0]
    const button = { type: 'button', button: { payload, text: 'Accept' }, context: { id: question?.wamid } }
    expect((await world.sandbox.phone(driver.phone).ask(button)).text).toContain('is accepted')
    await world.untilState(driver, 'accepted')
  })
})
