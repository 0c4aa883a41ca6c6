const ISO_8601 = /^P(?=.)(?:(\d{1,3})D)?(?:T(?=.)(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?)?$/

/** `PT1H30M` in milliseconds; 0 for what is no duration of days, hours, minutes and seconds. */
export function durationMs(text: string): number {
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = (ISO_8601.exec(text) ?? [])
    .slice(1)
    .map((it) => Number(it ?? 0))
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000
}
