import weather from './weather.json' with { type: 'json' }

/** The weather of a date, in every language: the same whenever it is asked. */
export function weatherOn(date: string): Record<string, string> {
  const [, , dayOfMonth] = date.split('-')
  return weather[Number(dayOfMonth) % weather.length] ?? {}
}
