const MARKERS = ['<!-- measured -->', '<!-- /measured -->'] as const

/** The document with this report in the place of the one before. */
export function withReport(document: string, report: string): string {
  const [begin, end] = MARKERS.map((marker) => document.indexOf(marker))
  if (begin === undefined || end === undefined || begin < 0 || end < begin)
    throw new Error(`The document has no place between ${MARKERS.join(' and ')}.`)
  return `${document.slice(0, begin)}${MARKERS[0]}\n${report}\n${document.slice(end)}`
}
