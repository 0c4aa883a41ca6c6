export type LocalTime = { date: string; minute: number }

const ZONES_MAX = 1_000
// A format costs tens of microseconds to make.
const formats = new Map<string, Intl.DateTimeFormat | undefined>()

/** Of an instant with an offset, on the clocks of a time zone; without one, as it is written. */
export function localTime(iso: string, timeZone: string | undefined): LocalTime | undefined {
  const at = Date.parse(iso.replace(' ', 'T'))
  if (Number.isNaN(at)) return undefined
  const format = timeZone === undefined ? undefined : formatOf(timeZone)
  return format === undefined ? read(iso) : read(format.format(at).replace(', ', 'T'))
}

/** `yyyy-mm-dd`, so many days later. */
export function addDays(date: string, days: number): string | undefined {
  const at = Date.parse(`${date}T00:00:00Z`)
  return Number.isNaN(at) ? undefined : new Date(at + days * 86_400_000).toISOString().slice(0, 10)
}

function read(written: string): LocalTime {
  return {
    date: written.slice(0, 10),
    minute: Number(written.slice(11, 13)) * 60 + Number(written.slice(14, 16)),
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  if (formats.size >= ZONES_MAX) formats.clear()
  if (!formats.has(timeZone)) formats.set(timeZone, newFormat(timeZone))
  return formats.get(timeZone)
}

function newFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-CA', {
      ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    })
  } catch {
    return undefined
  }
}
