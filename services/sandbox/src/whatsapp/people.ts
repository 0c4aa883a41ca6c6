import { createHash } from 'node:crypto'
import type { FleetDriver } from '../fleet.ts'

/**
 * Someone on WhatsApp. `phone` is canonical and names the chat; `waId` is what WhatsApp calls the number in
 * webhooks, which differs in Brazil and Mexico; `userId` is business-scoped.
 */
export type Person = { phone: string; waId: string; userId: string; name: string }
export type People = ReturnType<typeof createPeople>

const STRANGERS_MAX = 50_000
// Brazilian area codes from 31 on: WhatsApp knows these mobiles without the ninth digit.
const BRAZIL_AREA_WITHOUT_NINTH = 31

/** Everybody has WhatsApp: the fleet under its names, any other number as a stranger. */
export function createPeople(fleet: readonly FleetDriver[]) {
  const byPhone = new Map<string, Person>()
  const byUserId = new Map<string, Person>()
  for (const { phone, userId, name } of fleet) add({ phone, waId: waIdOf(phone), userId, name })
  const sizeMax = fleet.length + STRANGERS_MAX

  function add(person: Person): Person {
    byPhone.set(person.phone, person)
    byUserId.set(person.userId, person)
    return person
  }

  return {
    /** Undefined when the input cannot be a phone number in international form. */
    findByPhone(input: string): Person | undefined {
      const phone = canonicalPhone(input)
      if (!phone) return undefined
      const known = byPhone.get(phone)
      if (known) return known
      const stranger = strangerWith(phone)
      return byPhone.size < sizeMax ? add(stranger) : stranger
    },
    findByUserId: (userId: string): Person | undefined => byUserId.get(userId),
  }
}

/** Accepts plus, spaces, hyphens and brackets, as the Cloud API does in `to`. */
function canonicalPhone(input: string): string | undefined {
  if (!/^\+?[\d\s().-]+$/.test(input)) return undefined
  const digits = input.replace(/\D/g, '')
  if (digits.length < 7 || digits.length > 15) return undefined
  const mexican = /^521(\d{10})$/.exec(digits)
  if (mexican) return `52${mexican[1]}`
  const brazilian = /^55(\d{2})([6-9]\d{7})$/.exec(digits)
  return brazilian ? `55${brazilian[1]}9${brazilian[2]}` : digits
}

function waIdOf(phone: string): string {
  const mexican = /^52(\d{10})$/.exec(phone)
  if (mexican) return `521${mexican[1]}`
  const brazilian = /^55(\d{2})9(\d{8})$/.exec(phone)
  if (brazilian && Number(brazilian[1]) >= BRAZIL_AREA_WITHOUT_NINTH) {
    return `55${brazilian[1]}${brazilian[2]}`
  }
  return phone
}

const COUNTRIES = [
  ['1', 'US'],
  ['34', 'ES'],
  ['351', 'PT'],
  ['353', 'IE'],
  ['52', 'MX'],
  ['55', 'BR'],
] as const

function strangerWith(phone: string): Person {
  const country = COUNTRIES.find(([prefix]) => phone.startsWith(prefix))?.[1] ?? 'GB'
  const digest = createHash('sha256').update(phone).digest('hex').slice(0, 15)
  const userId = `${country}.9${BigInt(`0x${digest}`)}`
  return { phone, waId: waIdOf(phone), userId, name: `Stranger ${phone.slice(-4)}` }
}
