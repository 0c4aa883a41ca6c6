import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { freshStack, type TestStack } from './fresh-stack.ts'
import { sandboxAt } from './sandbox.ts'

jest.setTimeout(60_000)

let system: TestStack
let sandbox: ReturnType<typeof sandboxAt>
let load: { id: string; phone: string }[] = []

beforeAll(async () => {
  system = await freshStack(() => ({
    scale: { ingress: 1, intake: 1, assistant: 2, sender: 1, scheduler: 2 },
    env: { scheduler: { CHECK_IN_INTERVAL_MS: '200', SWEEP_INTERVAL_MS: '200', SWEEP_GRACE_MS: '500' } },
  }))
  sandbox = sandboxAt(system.stack.description.urls.sandbox)
  load = (await sandbox.drivers()).filter(({ id }) => id.startsWith('driver-load'))
}, 60_000)
afterAll(async () => system[Symbol.asyncDispose]())

type Person = { id: string; phone: string; name?: string }

/** A driver nobody has used yet, with three orders a day. */
function someDriver(): Person {
  const driver = load.pop()
  if (!driver) throw new Error('no driver left')
  return driver
}

/** A time zone without daylight saving time where it is `hour` o'clock and some minutes now. */
function zoneWhereItIs(hour: number): string {
  const ahead = (hour - new Date().getUTCHours() + 24) % 24
  const offset = ahead > 14 ? ahead - 24 : ahead
  // The signs of these zones are the wrong way round, by POSIX.
  return offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`
}

/** From now on his check-in is due, where it is nine, or whatever hour it shall be. */
const makeDue = ({ id }: Person, hour = 9) =>
  system.pool.query(
    `UPDATE drivers SET time_zone = $2, check_in_at = '09:00', created_at = '2025-01-01' WHERE id = $1`,
    [id, zoneWhereItIs(hour)],
  )
const checkInOf = async ({ id }: Person) =>
  (await system.pool.query('SELECT *, date::text FROM check_ins WHERE driver_id = $1', [id])).rows[0]
const untilState = (driver: Person, state: string) =>
  eventually(async () => (await checkInOf(driver))?.state === state, {
    ...{ what: `the check-in to be ${state}`, timeoutMs: 20_000 },
  })
/** As if the hour that a question waits were over. */
const hourIsOver = ({ id }: Person) =>
  system.pool.query(`UPDATE check_ins SET act_at = now(), handed_out_at = NULL WHERE driver_id = $1`, [id])
/** As if the minute in which a decline can be undone were over. */
async function minuteIsOver({ id }: Person) {
  await system.pool.query('UPDATE dispatch_notices SET not_before = '-infinity' WHERE driver_id = $1', [id])
  await system.pool.query('UPDATE order_commands SET not_before = now() WHERE driver_id = $1', [id])
  await system.pool.query('UPDATE lanes SET not_before = NULL WHERE key = $1', [id])
}
const toldOf = async ({ id }: Person) => (await sandbox.notices()).filter((it) => it.driver_id === id)
const writesOf = async ({ id }: Person) => (await sandbox.orderWrites()).filter((it) => it.driverId === id)

async function shownOn({ phone }: Person, count: number) {
  const answers = await eventually(
    async () => {
      const shown = await sandbox.phone(phone).answers()
      return shown.length >= count ? shown : undefined
    },
    { what: `${count} messages on ${phone}`, timeoutMs: 20_000 },
  )
  return answers[count - 1]
}

/** In touch today, and asked whether he takes the route. */
async function askedDriver(): Promise<Person> {
  const driver = someDriver()
  await sandbox.phone(driver.phone).ask('help')
  await makeDue(driver)
  await shownOn(driver, 2)
  return driver
}

describe('inside the 24-hour window', () => {
  it('asks with the number of orders, the first stop and buttons, once, with two schedulers', async () => {
    const driver = await askedDriver()
    const question = await shownOn(driver, 2)
    expect(question?.text).toMatch(
      /^☀️ Good morning, Load! You have 3 orders today\.\n\n📍 First stop: .+\(.+M - .+M\)\n\nReply 1 to accept or 2 to decline\.$/,
    )
    expect(JSON.stringify(question?.interactive)).toMatch(/accept:-:.*decline:-:/)
    // Hints at the same step from anywhere, any number of times, change nothing.
    await system.pool.query('UPDATE check_ins SET handed_out_at = NULL WHERE driver_id = $1', [driver.id])
    await sandbox.phone(driver.phone).ask('help')
    expect(await sandbox.phone(driver.phone).answers()).toHaveLength(3)
    const { rows } = await system.pool.query(
      `SELECT 1 FROM audit WHERE driver_id = $1 AND action = 'check-in.asked'`,
      [driver.id],
    )
    expect(rows).toHaveLength(1)
  })

  it('P6: "1" accepts, without the model, and reaches the order system once', async () => {
    const driver = await askedDriver()
    const callsBefore = await sandbox.calls('openrouter')
    const answer = await sandbox.phone(driver.phone).ask('1')
    expect(answer.text).toMatch(/^✅ Today's route is accepted, Load: 3 orders\./)
    expect(answer.text).toContain('🚚 Your next stops:')
    await untilState(driver, 'accepted')
    const writes = await eventually(
      async () => {
        const seen = await writesOf(driver)
        return seen.length > 0 ? seen : undefined
      },
      { what: 'the word to reach the order system' },
    )
    expect(writes).toMatchObject([{ action: 'accept' }])
    expect([await toldOf(driver), await sandbox.calls('openrouter')]).toEqual([[], callsBefore])
  })

  it('"2" declines: asks why, and tells dispatch once, in his own words, after a minute', async () => {
    const driver = await askedDriver()
    expect((await sandbox.phone(driver.phone).ask('2')).text).toContain("Why can't you take today's route?")
    const noted = await sandbox.phone(driver.phone).ask('The gearbox is gone. Again!')
    expect(noted.text).toContain('"The gearbox is gone. Again!"')
    await untilState(driver, 'declined')
    expect([await toldOf(driver), await writesOf(driver)]).toEqual([[], []])
    await minuteIsOver(driver)
    await eventually(async () => (await writesOf(driver)).length > 0 && (await toldOf(driver)).length > 0, {
      what: 'dispatch and the order system to hear of it',
    })
    expect(await toldOf(driver)).toEqual([
      {
        ...{ driver_id: driver.id, driver_name: expect.stringContaining('Load'), action: 'declined' },
        ...{ reason: 'The gearbox is gone. Again!', priority: 'high', message: expect.any(String) },
      },
    ])
    expect(await writesOf(driver)).toMatchObject([
      { action: 'decline', body: { reason: 'The gearbox is gone. Again!' } },
    ])
  })

  it('takes the reason from a sentence that gives one', async () => {
    const driver = await askedDriver()
    const noted = await sandbox.phone(driver.phone).ask("I can't work today, my son is ill")
    expect(noted.text).toContain('"I can\'t work today, my son is ill"')
    await untilState(driver, 'declined')
  })

  it('a decline that is undone is heard of by nobody', async () => {
    const driver = await askedDriver()
    await sandbox.phone(driver.phone).ask('2')
    const noted = await sandbox.phone(driver.phone).ask('flat tyre')
    const id = /undo:[^"]+/.exec(JSON.stringify(noted.interactive))?.[0]
    const tap = {
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id, title: 'Undo' } },
    }
    expect((await sandbox.phone(driver.phone).ask(tap)).text).toContain('Undone: nobody has heard of it')
    expect((await sandbox.phone(driver.phone).ask('1')).text).toContain('is accepted')
    await minuteIsOver(driver)
    await eventually(async () => (await writesOf(driver)).length > 0, { what: 'the word to arrive' })
    expect([await writesOf(driver), await toldOf(driver)]).toMatchObject([[{ action: 'accept' }], []])
  })

  it('what is unclear does nothing', async () => {
    const driver = await askedDriver()
    for (const words of [
      '1?',
      'maybe',
      'I accept if somebody takes the airport',
      'yeah right 🙄',
      "I don't decline",
    ]) {
      await sandbox.phone(driver.phone).ask(words)
    }
    const { rows } = await system.pool.query('SELECT 1 FROM order_commands WHERE driver_id = $1', [driver.id])
    expect([rows, await checkInOf(driver)]).toMatchObject([[], { state: 'asked' }])
  })
})

describe('outside the window', () => {
  it('asks a driver who never wrote by template, and takes its button for an answer', async () => {
    const driver = someDriver()
    await makeDue(driver)
    const question = await shownOn(driver, 1)
    expect(question).toMatchObject({ type: 'template', template: { name: 'morning_check_in' } })
    expect(question?.text).toMatch(/^Good morning, Load! Your orders today: 3\. First stop: /)
    const payload = /accept:-:[\d-]+/.exec(JSON.stringify(question))?.[0]
    const button = { type: 'button', button: { payload, text: 'Accept' }, context: { id: question?.wamid } }
    expect((await sandbox.phone(driver.phone).ask(button)).text).toContain('is accepted')
    await untilState(driver, 'accepted')
  })
})

describe('when nobody answers', () => {
  it('reminds once, and then tells dispatch once', async () => {
    const driver = await askedDriver()
    await hourIsOver(driver)
    expect((await shownOn(driver, 3))?.text).toMatch(/^⏰ Load, do you take today's route\?/)
    await hourIsOver(driver)
    await untilState(driver, 'unanswered')
    await eventually(async () => (await toldOf(driver)).length > 0, { what: 'dispatch to be told' })
    expect(await toldOf(driver)).toMatchObject([{ action: 'check-in-unanswered', priority: 'high' }])
    expect(await sandbox.phone(driver.phone).answers()).toHaveLength(3)
    // It is never too late for a yes.
    expect((await sandbox.phone(driver.phone).ask('1')).text).toContain('is accepted')
  })
})

describe('after an outage', () => {
  it('leaves it to dispatch when it has got too late to ask', async () => {
    const driver = someDriver()
    await makeDue(driver, 12)
    await untilState(driver, 'unanswered')
    await eventually(async () => (await toldOf(driver)).length > 0, { what: 'dispatch to be told' })
    expect(await toldOf(driver)).toMatchObject([{ action: 'check-in-missed' }])
    expect(await sandbox.phone(driver.phone).answers()).toEqual([])
  })

  it('asks nobody who has no orders', async () => {
    const aisha = { id: 'driver-aisha', phone: '13125550106' }
    await makeDue(aisha)
    await untilState(aisha, 'skipped')
    expect([await sandbox.phone(aisha.phone).answers(), await toldOf(aisha)]).toEqual([[], []])
  })

  it('tries again until dispatch, having been away, has heard of it', async () => {
    const driver = someDriver()
    await sandbox.setFaults('dispatch', { down: true })
    await makeDue(driver, 12)
    await eventually(
      async () =>
        (
          await system.pool.query('SELECT 1 FROM dispatch_notices WHERE driver_id = $1 AND attempts > 1', [
            driver.id,
          ])
        ).rows.length > 0,
      { what: 'two attempts', timeoutMs: 20_000 },
    )
    await sandbox.setFaults('dispatch', {})
    await eventually(
      async () => {
        await minuteIsOver(driver)
        return (await toldOf(driver)).length > 0
      },
      { what: 'dispatch to be told', timeoutMs: 30_000 },
    )
    expect(await toldOf(driver)).toHaveLength(1)
  })
})
