import { eventually } from '@waybill/test-kit'
import { freshStack } from './fresh-stack.ts'
import { sandboxAt } from './sandbox.ts'

export type Person = { id: string; phone: string }

/** A stack that looks for check-ins all the time, with two schedulers, and what a test needs to move drivers' clocks. */
export async function checkInStack(assistant: Readonly<Record<string, string>> = {}) {
  const system = await freshStack(() => ({
    scale: { ingress: 1, intake: 1, assistant: 2, sender: 1, scheduler: 2 },
    env: {
      assistant,
      scheduler: { CHECK_IN_INTERVAL_MS: '200', SWEEP_INTERVAL_MS: '200', SWEEP_GRACE_MS: '500' },
    },
  }))
  const { pool, stack } = system
  const sandbox = sandboxAt(system.stack.description.urls.sandbox)
  const unused = (await sandbox.drivers()).filter(({ id }) => id.startsWith('driver-load'))

  /**
   * One whom nobody has used yet, with three orders a day; with two where the clock that he is moved to says tomorrow, by that
   * of the order system.
   */
  function someDriver(): Person {
    const driver = unused.pop()
    if (!driver) throw new Error('no driver left')
    return driver
  }

  /** From now on his check-in is due, where it is nine, or whatever hour it shall be. */
  async function makeDue({ id }: Person, hour = 9): Promise<void> {
    await pool.query(
      `UPDATE drivers SET time_zone = $2, check_in_at = '09:00', created_at = '2025-01-01' WHERE id = $1`,
      [id, zoneWhereItIs(hour)],
    )
  }

  async function stateOf({ id }: Person): Promise<string | undefined> {
    const { rows } = await pool.query<{ state: string }>('SELECT state FROM check_ins WHERE driver_id = $1', [
      id,
    ])
    return rows[0]?.state
  }

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

  return {
    ...{ stack, pool, sandbox, someDriver, makeDue, stateOf, shownOn },
    untilState: (driver: Person, state: string) =>
      eventually(async () => (await stateOf(driver)) === state, {
        ...{ what: `the check-in to be ${state}`, timeoutMs: 20_000 },
      }),
    /** In touch today, and asked whether he takes the route. */
    async askedDriver(): Promise<Person> {
      const driver = someDriver()
      await sandbox.phone(driver.phone).ask('help')
      await makeDue(driver)
      await shownOn(driver, 2)
      return driver
    },
    /** As if the hour that a question waits were over. */
    hourIsOver: ({ id }: Person) =>
      pool.query('UPDATE check_ins SET act_at = now(), handed_out_at = NULL WHERE driver_id = $1', [id]),
    /** As if the minute in which a decline can be undone were over. */
    async minuteIsOver({ id }: Person) {
      await pool.query(`UPDATE dispatch_notices SET not_before = '-infinity' WHERE driver_id = $1`, [id])
      await pool.query('UPDATE order_commands SET not_before = now() WHERE driver_id = $1', [id])
      await pool.query('UPDATE lanes SET not_before = NULL WHERE key = $1', [id])
    },
    toldOf: async ({ id }: Person) => (await sandbox.notices()).filter((it) => it.driver_id === id),
    writesOf: async ({ id }: Person) => (await sandbox.orderWrites()).filter((it) => it.driverId === id),
    [Symbol.asyncDispose]: () => system[Symbol.asyncDispose](),
  }
}

/** A time zone without daylight saving time where it is `hour` o'clock and some minutes now. */
export function zoneWhereItIs(hour: number): string {
  const ahead = (hour - new Date().getUTCHours() + 24) % 24
  const offset = ahead > 14 ? ahead - 24 : ahead
  // The signs of these zones are the wrong way round, by POSIX.
  return offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`
}
