import { parse } from 'tldts'
import type { Span } from '../finding.ts'
import type { PlainText } from './plain-text.ts'

/** Something that a phone makes a link of. `written` is as a reader sees it. */
export type Link = Span & { written: string; hasScheme: boolean; score: number }

const LENGTH_MAX = 2_048
const LINK =
  /(?<![\p{L}\p{N}])(?:[a-z][a-z0-9+.-]{1,30}:(?:\/\/|\\\\)|(?:https?|ftp|javascript|data|vbscript|file|intent|tel|sms|mailto|whatsapp|tg|market):(?=[^\s]))[^\s<>"“”]{1,2048}/giu
// A run is read once, whatever it holds.
const NAME_RUN = /[\p{L}\p{N}][\p{L}\p{N}\p{M}.@-]*/gu
const IP = /^(?:\d{1,3}\.){3}\d{1,3}$/
const HOST_LENGTH_MAX = 253
const AS_HOST = { allowPrivateDomains: false, extractHostname: false, validateHostname: false }
const ENDS = new Set(".,;:!?)]}'*_~`-")
const SURE = 0.95
/** "today.As": a space that was forgotten, rather than a host. */
const UNSURE = 0.4

/** Links with a scheme and without one, in the order of the text. Offsets are of the plain text. */
export function linksIn({ text }: PlainText): Link[] {
  const links: Link[] = [...text.matchAll(LINK)].map(({ 0: found, index }) => {
    const written = withoutEnd(found)
    return { start: index, end: index + written.length, written, hasScheme: true, score: SURE }
  })
  let next = 0
  const known = links.length
  for (const { 0: run, index } of text.matchAll(NAME_RUN)) {
    while (next < known && (links[next]?.end ?? 0) <= index) next++
    const around = next < known ? links[next] : undefined
    if (around !== undefined && around.start <= index) continue
    const host = withoutEnd(run)
    if (host.includes('@') || !isHost(host)) continue
    const tail = /^(?::\d{1,5})?(?:[/?#][^\s<>"“”]{0,2048})?/u.exec(
      text.slice(index + host.length, index + host.length + LENGTH_MAX),
    )?.[0]
    const written = withoutEnd(host + (tail ?? ''))
    const isSentenceEnd = written === host && /\p{Ll}\.\p{Lu}\p{Ll}+$/u.test(host)
    const score = isSentenceEnd ? UNSURE : SURE
    links.push({ start: index, end: index + written.length, written, hasScheme: false, score })
  }
  return links.sort((a, b) => a.start - b.start)
}

function isHost(run: string): boolean {
  const dot = run.lastIndexOf('.')
  if (dot < 1) return false
  if (IP.test(run)) return true
  // The end of it says whether it is one.
  const { isIcann, domain } = parse(run.slice(-HOST_LENGTH_MAX).toLowerCase(), AS_HOST)
  return isIcann === true && domain !== null
}

/** Without what closes a sentence, a bracket or a style. */
function withoutEnd(text: string): string {
  let end = text.length
  while (end > 0 && ENDS.has(text[end - 1] ?? '')) end--
  return text.slice(0, end)
}

/** Of what is written with `%20` in a link. */
export function decoded(written: string): string {
  try {
    return decodeURIComponent(written.replaceAll('+', ' '))
  } catch {
    return written.replaceAll(/%[\da-f]{2}/gi, ' ')
  }
}
