import { readFleet } from '../../../services/sandbox/src/fleet.ts'
import type { DriverRow } from './driver-file.ts'

/** The drivers whom the sandbox plays. WhatsApp tells their user ids when they write for the first time. */
export function sandboxDrivers(): DriverRow[] {
  return readFleet().map(({ id, name, phone, status, language, timeZone }) => ({
    ...{ id, name, phone, status, language, timeZone },
    // A thousand drivers for load would all be asked at the same moment, in the middle of it.
    checkInAt: id.startsWith('driver-load') ? null : '09:00',
    permissions: ['customer-phone'],
  }))
}
