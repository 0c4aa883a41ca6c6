import type { Language } from '../session/session.ts'

export const LOCALES = { en: 'en-US', pt: 'pt-BR', es: 'es-419' } as const satisfies Record<Language, string>

// A format costs tens of microseconds to make, and there are only as many as there are time zones.
function perTimeZone(options: Intl.DateTimeFormatOptions & { locale: string }) {
  const formats = new Map<string, Intl.DateTimeFormat>()
  return (timeZone: string): Intl.DateTimeFormat => {
    const format = formats.get(timeZone) ?? new Intl.DateTimeFormat(options.locale, { ...options, timeZone })
    formats.set(timeZone, format)
    return format
  }
}
const dateFormat = perTimeZone({ locale: 'en-CA', year: 'numeric', month: '2-digit', day: '2-digit' })
const twelveHours = { hour: 'numeric', minute: '2-digit', hourCycle: 'h12' } as const
const twentyFourHours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const clockFormats = {
  en: perTimeZone({ locale: LOCALES.en, ...twelveHours }),
  pt: perTimeZone({ locale: LOCALES.pt, ...twentyFourHours }),
  es: perTimeZone({ locale: LOCALES.es, ...twentyFourHours }),
} satisfies Record<Language, unknown>

/** `yyyy-mm-dd` of an instant (ms) where the driver is. */
export function localDate(at: number, timeZone: string): string {
  return dateFormat(timeZone).format(at)
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** `12:00 PM` in English, `12:00` elsewhere. */
export function clockTime(at: number, language: Language, timeZone: string): string {
  // ICU puts a narrow no-break space before AM and PM.
  return clockFormats[language](timeZone)
    .format(at)
    .replaceAll(/[\u202F\u00A0]/g, ' ')
}

/** `09:05` where the driver is, whatever the language: to compare with. */
export function wallClock(at: number, timeZone: string): string {
  return clockFormats.pt(timeZone).format(at)
}

/** `12 minutes`, `3 horas`. */
export function duration(ms: number, language: Language): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  const [value, unit] = minutes < 90 ? [minutes, 'minute'] : [Math.round(minutes / 60), 'hour']
  return new Intl.NumberFormat(LOCALES[language], { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}

const pluralRules = {
  en: new Intl.PluralRules(LOCALES.en),
  pt: new Intl.PluralRules(LOCALES.pt),
  es: new Intl.PluralRules(LOCALES.es),
} satisfies Record<Language, unknown>

/** The form of a word that goes with a number. */
export function plural(count: number, language: Language, forms: { one: string; other: string }): string {
  return pluralRules[language].select(count) === 'one' ? forms.one : forms.other
}
