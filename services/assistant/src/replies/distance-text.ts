import type { Language } from '../session/session.ts'

const KILOMETRE = 1_000

/** "35 m", "1.2 km" */
export function distanceText(metres: number, language: Language): string {
  if (metres < KILOMETRE) return `${metres} m`
  const format = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  return `${format.format(metres / KILOMETRE)} km`
}
