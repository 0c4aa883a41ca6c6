import { writeFileSync } from 'node:fs'
import { type FleetDriver, readFleet } from '../../services/sandbox/src/fleet.ts'

/** As many drivers as a measure needs, for the sandbox; each has three orders a day. */
export function benchFleet(count: number, file: string): FleetDriver[] {
  const generated = {
    ...{ count, idPrefix: 'driver-bench-', namePrefix: 'Bench ', phonePrefix: '155503' },
    ...{ userIdPrefix: 'US.300000000000', numberDigits: 5, language: 'en', timeZone: 'America/New_York' },
    orders: { firstId: 700_001, count: 3, idStep: 10 },
  }
  writeFileSync(file, JSON.stringify({ drivers: [], generated }))
  return readFleet(file)
}
