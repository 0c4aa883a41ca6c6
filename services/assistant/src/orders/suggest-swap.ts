import { distanceM } from './distance.ts'
import type { Order } from './order-system.ts'

/** Two stops that are better driven in each other's place. Metres in a straight line. */
export type Swap = { first: Order; second: Order; fromM: number; toM: number; savedPercent: number }

const SAVED_PERCENT_MIN = 10
/** Assumed in towns: 30 km/h on roads that are 1.3 times as long as the straight line, and ten minutes at a stop. */
const METRES_PER_MINUTE = 30_000 / 60 / 1.3
const STOP_MINUTES = 10
const MINUTE_MS = 60_000

/**
 * The swap of two open stops that saves most, when that is more than a tenth of the way and every time window is
 * kept. The first stop stays: nobody knows where the driver starts.
 */
export function suggestSwap(stops: readonly Order[], now: number): Swap | undefined {
  if (!stops.every(({ address }) => address.lat !== undefined && address.lng !== undefined)) return undefined
  const fromM = lengthOf(stops)
  let best: Swap | undefined
  for (let i = 1; i < stops.length; i++) {
    for (let j = i + 1; j < stops.length; j++) {
      const [first, second] = [stops[i], stops[j]]
      if (!first || !second) continue
      const swapped = stops.with(i, second).with(j, first)
      const toM = lengthOf(swapped)
      const savedPercent = Math.floor(((fromM - toM) / fromM) * 100)
      if (savedPercent <= SAVED_PERCENT_MIN || toM >= (best?.toM ?? fromM) || !isInTime(swapped, now))
        continue
      best = { first, second, fromM, toM, savedPercent }
    }
  }
  return best
}

function lengthOf(stops: readonly Order[]): number {
  return stops.slice(1).reduce((metres, stop, index) => metres + between(stops[index], stop), 0)
}

function between(a: Order | undefined, b: Order): number {
  const [from, to] = [a?.address, b.address]
  if (from?.lat === undefined || from.lng === undefined || to.lat === undefined || to.lng === undefined)
    return 0
  return distanceM({ latitude: from.lat, longitude: from.lng }, { latitude: to.lat, longitude: to.lng })
}

function isInTime(stops: readonly Order[], now: number): boolean {
  let at = now
  return stops.every((stop, index) => {
    const before = stops[index - 1]
    const wayMs = before ? (between(before, stop) / METRES_PER_MINUTE + STOP_MINUTES) * MINUTE_MS : 0
    at = Math.max(at + wayMs, Date.parse(stop.window.start))
    return at <= Date.parse(stop.window.end)
  })
}
