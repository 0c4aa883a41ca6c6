import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { urlAs } from '@waybill/database'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import type { DriverRow } from '../src/driver-file.ts'
import { importDrivers, listDrivers } from '../src/import-drivers.ts'

const MARIA: DriverRow = {
  id: 'd-1',
  name: 'Maria',
  phone: '5531987650102',
  userId: 'BR.1',
  status: 'active',
  timeZone: 'America/Sao_Paulo',
  checkInAt: '09:00',
  checkInUntil: '11:00',
  permissions: [],
}
const JOHAN: DriverRow = {
  id: 'd-2',
  name: 'Johan',
  phone: '12125550101',
  status: 'active',
  timeZone: 'UTC',
  checkInAt: '09:00',
  checkInUntil: '11:00',
  permissions: [],
}

let database: Awaited<ReturnType<typeof freshDatabase>>
let toolsUrl: string
let pool: pg.Pool
beforeAll(async () => {
  database = await freshDatabase()
  toolsUrl = urlAs('waybill_tools', database.url)
  pool = new pg.Pool({ connectionString: database.url })
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await pool.query('TRUNCATE drivers CASCADE')
  await importDrivers(toolsUrl, [MARIA, JOHAN])
})

async function identities() {
  const { rows } = await pool.query<{ line: string }>(`
    SELECT concat_ws(' ', driver_id, kind, value, locked_reason) AS line FROM identities ORDER BY 1`)
  return rows.map(({ line }) => line)
}

describe('importDrivers', () => {
  it('sets when a driver is asked, and until when', async () => {
    await importDrivers(toolsUrl, [{ ...JOHAN, checkInAt: '14:00', checkInUntil: '16:30' }])
    const { rows } = await pool.query("SELECT check_in_at, check_in_until FROM drivers WHERE id = 'd-2'")
    expect(rows).toEqual([{ check_in_at: '14:00:00', check_in_until: '16:30:00' }])
  })

  it('lifts no suspension', async () => {
    await importDrivers(toolsUrl, [{ ...JOHAN, status: 'suspended' }])
    await importDrivers(toolsUrl, [JOHAN])
    expect(await listDrivers(toolsUrl, 'Ana')).toMatchObject([
      { id: 'd-1' },
      { id: 'd-2', status: 'suspended' },
    ])
    await importDrivers(toolsUrl, [{ ...JOHAN, status: 'inactive' }])
    expect(await listDrivers(toolsUrl, 'Ana')).toMatchObject([
      { id: 'd-1' },
      { id: 'd-2', status: 'inactive' },
    ])
  })

  it('S34: a driver without consent is not to be written to first, and a STOP is the driver’s own', async () => {
    const optedOut = async () =>
      (await pool.query('SELECT opted_out_by FROM drivers ORDER BY id')).rows.map((it) => it.opted_out_by)
    await importDrivers(toolsUrl, [{ ...MARIA, consent: false }, JOHAN])
    expect(await optedOut()).toEqual(['drivers file', null])
    await importDrivers(toolsUrl, [MARIA, JOHAN])
    expect(await optedOut()).toEqual(['drivers file', null])
    await pool.query(`UPDATE drivers SET opted_out_at = now(), opted_out_by = 'wamid.1' WHERE id = 'd-2'`)
    await importDrivers(toolsUrl, [
      { ...MARIA, consent: true },
      { ...JOHAN, consent: true },
    ])
    expect(await optedOut()).toEqual([null, 'wamid.1'])
    const { rows } = await pool.query("SELECT action FROM audit WHERE driver_id = 'd-1' ORDER BY id")
    expect(rows).toEqual([{ action: 'driver.opted-out' }, { action: 'driver.opted-in' }])
  })

  it('changes who is there and leaves the others alone', async () => {
    await importDrivers(toolsUrl, [{ ...MARIA, name: 'Maria José', status: 'suspended', language: 'pt' }])
    expect(await listDrivers(toolsUrl, 'Ana')).toEqual([
      {
        id: 'd-1',
        name: 'Maria José',
        status: 'suspended',
        timeZone: 'America/Sao_Paulo',
        phone: '5531987650102',
      },
      { id: 'd-2', name: 'Johan', status: 'active', timeZone: 'UTC', phone: '12125550101' },
    ])
  })

  it('replaces a phone, also by one that its owner gives up in the same import', async () => {
    const { userId, ...maria } = MARIA
    await importDrivers(toolsUrl, [
      { ...maria, phone: '12125550101' },
      { ...JOHAN, phone: '12125550999' },
    ])
    expect(await identities()).toEqual([
      'd-1 phone 12125550101',
      `d-1 user_id ${userId}`,
      'd-2 phone 12125550999',
    ])
  })

  it('takes nothing when a phone belongs to somebody who is not in the list', async () => {
    const before = await identities()
    const newcomer = { ...JOHAN, id: 'd-3' }
    await expect(importDrivers(toolsUrl, [{ ...MARIA, name: 'Changed' }, newcomer])).rejects.toThrow(
      'driver d-3: the phone belongs to driver d-2',
    )
    expect(await identities()).toEqual(before)
    expect((await listDrivers(toolsUrl, 'Ana')).map(({ name }) => name)).toEqual(['Maria', 'Johan'])
  })

  it('leaves a locked identity locked', async () => {
    await pool.query(
      `UPDATE identities SET locked_reason = 'changed' WHERE kind = 'phone' AND driver_id = 'd-1'`,
    )
    await importDrivers(toolsUrl, [MARIA])
    expect(await identities()).toContain('d-1 phone 5531987650102 changed')
  })
})

it('S19: puts on record who has listed the drivers', async () => {
  const before = await listings()
  await listDrivers(toolsUrl, 'Ana')
  expect((await listings()).slice(before.length)).toEqual([{ detail: { by: 'Ana' } }])

  async function listings() {
    const { rows } = await pool.query(`SELECT detail FROM audit WHERE action = 'drivers.listed' ORDER BY id`)
    return rows
  }
})
