import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const language = z.enum(['en', 'pt', 'es'])
const digits = z.string().regex(/^[1-9]\d{6,14}$/, 'digits with the country code, without +')

const driver = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  phone: digits,
  userId: z.string().regex(/^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/),
  language,
  timeZone: z.string().min(1),
  status: z.enum(['active', 'inactive', 'suspended']),
  orders: z.strictObject({
    firstId: z.number().int().positive(),
    count: z.number().int().min(0),
    /** In place of those that the customers have left. */
    notes: z.string().optional(),
  }),
})

const fleetFile = z.strictObject({
  drivers: z.array(driver),
  generated: z
    .strictObject({
      count: z.number().int().min(0),
      idPrefix: z.string(),
      namePrefix: z.string(),
      phonePrefix: z.string().regex(/^\d+$/),
      userIdPrefix: z.string(),
      numberDigits: z.number().int().min(1),
      language,
      timeZone: z.string(),
      orders: z.strictObject({
        firstId: z.number().int(),
        count: z.number().int().min(0),
        idStep: z.number().int().positive(),
      }),
    })
    .optional(),
})

/** `phone` is canonical: digits with the country code; Brazil with the ninth digit, Mexico without the 1. */
export type FleetDriver = z.output<typeof driver>

/** The fleet that comes with the sandbox. */
export const FLEET_PATH = fileURLToPath(new URL('../fleet.json', import.meta.url))

/** Every driver of a fleet file: those written out, then those that its rule generates for load tests. */
export function readFleet(path: string = FLEET_PATH): FleetDriver[] {
  const { drivers, generated } = fleetFile.parse(JSON.parse(readFileSync(path, 'utf8')))
  if (!generated) return drivers
  const generatedDrivers = Array.from({ length: generated.count }, (_, index) => {
    const number = String(index + 1).padStart(generated.numberDigits, '0')
    return driver.parse({
      id: generated.idPrefix + number,
      name: generated.namePrefix + number,
      phone: generated.phonePrefix + number,
      userId: generated.userIdPrefix + number,
      language: generated.language,
      timeZone: generated.timeZone,
      status: 'active',
      orders: {
        firstId: generated.orders.firstId + index * generated.orders.idStep,
        count: generated.orders.count,
      },
    })
  })
  return [...drivers, ...generatedDrivers]
}
