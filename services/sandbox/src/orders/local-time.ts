// Making a formatter costs more than a hundred uses of it.
const dateFormats = new Map<string, Intl.DateTimeFormat>()
const offsetFormats = new Map<string, Intl.DateTimeFormat>()

/** The date of a moment in a time zone, as YYYY-MM-DD. */
export function localDate(atMs: number, timeZone: string): string {
  return formatOf(dateFormats, 'en-CA', { timeZone, dateStyle: 'short' }).format(atMs)
}

export function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 24 * 60 * 60 * 1_000).toISOString().slice(0, 10)
}

/** A wall clock time with the offset that the time zone has then: 2026-11-23T12:00:00-05:00. */
export function zonedIso(date: string, minutesOfDay: number, timeZone: string): string {
  const time = `${two(Math.floor(minutesOfDay / 60))}:${two(minutesOfDay % 60)}:00`
  const local = `${date}T${time}`
  const near = offsetAt(Date.parse(`${local}Z`), timeZone) // off by hours: wrong where the clocks change
  return local + offsetAt(Date.parse(local + near), timeZone)
}

function offsetAt(atMs: number, timeZone: string): string {
  const parts = formatOf(offsetFormats, 'en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(atMs)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  return name === 'GMT' ? '+00:00' : name.slice('GMT'.length)
}

type Options = Intl.DateTimeFormatOptions & { timeZone: string }

function formatOf(formats: Map<string, Intl.DateTimeFormat>, locale: string, options: Options) {
  const format = formats.get(options.timeZone) ?? new Intl.DateTimeFormat(locale, options)
  formats.set(options.timeZone, format)
  return format
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
