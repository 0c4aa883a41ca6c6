import type { Place } from '@waybill/database'
import type { Order } from './order-system.ts'

const EARTH_RADIUS_M = 6_371_008

/** Metres along the ground, to within half a percent. */
export function distanceM(from: Place, to: Place): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180
  const [lat1, lat2] = [radians(from.latitude), radians(to.latitude)]
  const halfLat = Math.sin((lat2 - lat1) / 2)
  const halfLng = Math.sin(radians(to.longitude - from.longitude) / 2)
  const h = halfLat ** 2 + Math.cos(lat1) * Math.cos(lat2) * halfLng ** 2
  return Math.round(2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(Math.min(1, h))))
}

/** `undefined` when either is not known. */
export function distanceToStop(from: Place | undefined, { address }: Order): number | undefined {
  if (!from || address.lat === undefined || address.lng === undefined) return undefined
  return distanceM(from, { latitude: address.lat, longitude: address.lng })
}
