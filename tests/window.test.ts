import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { checkInStack } from './check-in-stack.ts'

jest.setTimeout(120_000)

const MARIA = { id: 'driver-maria', phone: '5511987650102' }
const DIEGO = { id: 'driver-diego', phone: '525512340103' }

let world: Awaited<ReturnType<typeof checkInStack>>
beforeAll(async () => {
  world = await checkInStack()
}, 120_000)
// A service may take 25 s to stop.
afterAll(async () => world[Symbol.asyncDispose](), 60_000)

const untilKnown = (language: string, status: string) =>
  eventually(
    async () => {
      const { rows } = await world.pool.query<{ status: string }>(
        `SELECT status FROM templates WHERE name = 'morning_check_in' AND language = $1`,
        [language],
      )
      return rows[0]?.status === status
    },
    { what: `the template to be known as ${status}`, timeoutMs: 20_000 },
  )

describe('outside the 24-hour window', () => {
  it('knows the templates of the account, and of one that WhatsApp has paused before it is asked', async () => {
    await untilKnown('pt_BR', 'APPROVED')
    await world.sandbox.setTemplate('morning_check_in', 'pt_BR', { status: 'PAUSED' })
    await untilKnown('pt_BR', 'PAUSED')
    await world.makeDue(MARIA)
    expect(await world.shownOn(MARIA, 1)).toMatchObject({
      type: 'template',
      template: { name: 'morning_check_in', language: { code: 'en_US' } },
    })
    expect(await world.sandbox.refusals(132015)).toBe(0)
  })

  it('asks in English when it finds out that a template is gone, and knows from then on', async () => {
    await world.sandbox.setTemplate('morning_check_in', 'es', { status: 'DISABLED', isSilent: true })
    await world.makeDue(DIEGO)
    expect(await world.shownOn(DIEGO, 1)).toMatchObject({ template: { language: { code: 'en_US' } } })
    await untilKnown('es', 'DISABLED')
    expect(await world.sandbox.refusals(132016)).toBe(1)
  })

  it('S34: sets a reply aside that could not be sent in time, and dispatch hears of it', async () => {
    const driver = world.someDriver()
    await world.sandbox.setFaults('whatsapp', { down: true, only: ['messages.send'] })
    await world.sandbox.phone(driver.phone).sendAcked('help')
    const rowOf = async () => {
      const { rows } = await world.pool.query<{ state: string; last_error: string | null }>(
        `SELECT o.state, o.last_error FROM outbound o JOIN turns t ON t.id = o.turn_id WHERE t.driver_id = $1`,
        [driver.id],
      )
      return rows[0]
    }
    await eventually(async () => (await rowOf())?.last_error != null, { what: 'an attempt' })
    // As if WhatsApp had been away for a day.
    await world.pool.query(
      `UPDATE conversations SET last_message_at = now() - interval '25 hours' WHERE phone = $1`,
      [driver.phone],
    )
    await world.sandbox.setFaults('whatsapp', {})
    await eventually(async () => (await world.toldOf(driver)).length > 0, {
      ...{ what: 'dispatch to be told', timeoutMs: 60_000 },
    })
    expect(await world.toldOf(driver)).toMatchObject([{ action: 'unreachable' }])
    expect(await rowOf()).toMatchObject({ state: 'failed', last_error: expect.stringContaining('24-hour') })
    expect(await world.sandbox.phone(driver.phone).answers()).toEqual([])
    // And the next question is answered as ever.
    expect((await world.sandbox.phone(driver.phone).ask('help')).text).toBeTruthy()
  })
})
