import type { DriverRow } from '@waybill/tools'
import { readFleet } from '../../../services/sandbox/src/fleet.ts'

/** The drivers whom the sandbox plays. WhatsApp tells their user ids when they write for the first time. */
export function sandboxDrivers(): DriverRow[] {
  return readFleet().map(({ id, name, phone, status, language, timeZone }) => ({
    ...{ id, name, phone, status, language, timeZone },
    checkInAt: isAskedInTheMorning(id) ? '09:00' : null,
    checkInUntil: '11:00',
    permissions: ['customer-phone'],
  }))
}

// A thousand drivers for load would all be asked in the middle of it, and Johan in the middle of the example.
function isAskedInTheMorning(id: string): boolean {
  return !id.startsWith('driver-load') && id !== 'driver-johan'
}
