import { canonicalPhone } from '@waybill/whatsapp'
import { z } from 'zod'

const driver = z
  .strictObject({
    id: z.string().trim().min(1).max(100).describe('In the order system'),
    name: z.string().trim().min(1).max(100),
    phone: z
      .string()
      .transform(canonicalPhone)
      .refine((digits) => /^[1-9]\d{6,14}$/.test(digits), 'not a phone number with its country code')
      .optional(),
    userId: z
      .string()
      .regex(/^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/, 'not a user id of WhatsApp, like US.1234')
      .optional()
      .describe('For somebody who is on WhatsApp without showing a phone number'),
    status: z.enum(['active', 'inactive', 'suspended']).default('active'),
    language: z.enum(['en', 'pt', 'es']).optional().describe('Until the driver writes in another one'),
    timeZone: z.string().refine(isTimeZone, 'not a time zone, like Europe/Lisbon'),
    checkInAt: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'not a time, like 09:00')
      .nullable()
      .default('09:00')
      .describe('When to ask whether he takes the route, where he is; null: never'),
    checkInUntil: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'not a time, like 11:00')
      .optional()
      .describe(
        'Until when he is asked, and may change his answer without dispatch; without: two hours later',
      ),
    consent: z
      .boolean()
      .optional()
      .describe(
        'false: is not written to first. true takes back such a false, but no STOP that the driver has written; without: as it is',
      ),
    permissions: z.array(z.string().min(1)).default([]).describe('customer-phone: may see the phone numbers'),
  })
  .refine((it) => it.checkInAt === null || !it.checkInUntil || it.checkInAt < it.checkInUntil, {
    path: ['checkInUntil'],
    error: 'must be later than checkInAt',
  })
  .refine((it) => it.phone ?? it.userId, { path: ['phone'], error: 'needed, unless there is a userId' })
  .transform((it) => ({ ...it, checkInUntil: it.checkInUntil ?? twoHoursAfter(it.checkInAt ?? '09:00') }))

export type DriverRow = z.output<typeof driver>

/** The drivers of a JSON file. Throws with every problem at once, by row and field. */
export function readDrivers(json: string): DriverRow[] {
  const rows = z
    .array(z.unknown(), 'not a list of drivers')
    .min(1, 'there is no driver in it')
    .safeParse(parse(json))
  if (!rows.success) throw new Error(rows.error.issues.map((it) => it.message).join('\n'))

  const parsed = rows.data.map((row) => driver.safeParse(row))
  const problems = parsed.flatMap((result, index) =>
    (result.error?.issues ?? []).map(
      (it) => `row ${index + 1}, ${it.path.join('.') || 'row'}: ${it.message}`,
    ),
  )
  const drivers = parsed.map((it) => it.data)
  for (const field of ['id', 'phone', 'userId'] as const) problems.push(...repeated(drivers, field))
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return drivers.flatMap((it) => it ?? [])
}

function repeated(drivers: readonly (DriverRow | undefined)[], field: 'id' | 'phone' | 'userId'): string[] {
  const firstRow = new Map<string, number>()
  return drivers.flatMap((it, index) => {
    const value = it?.[field]
    if (value === undefined) return []
    const first = firstRow.get(value)
    if (first !== undefined) return [`row ${index + 1}, ${field}: the same as in row ${first}`]
    firstRow.set(value, index + 1)
    return []
  })
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new Error(`not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause })
  }
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

/** Of the same day: a check-in belongs to one date. */
function twoHoursAfter(time: string): string {
  const [hours = '', minutes = ''] = time.split(':')
  return Number(hours) >= 22 ? '23:59' : `${String(Number(hours) + 2).padStart(2, '0')}:${minutes}`
}
