import type { Sighting } from '../finding.ts'
import type { Link } from './links.ts'
import { type PlainText, sentSpan } from './plain-text.ts'

const TRACKING =
  /^(?:utm_[a-z_]+|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|ttclid|twclid|igshid|igsh|mc_[ce]id|_hsenc|_hsmi|vero_id|oly_(?:anon|enc)_id|mkt_tok|s_cid|ref_src|li_fat_id|epik|si)$/i

/** What is written instead of a piece of the text as it was sent. */
export type Edit = { start: number; end: number; text: string }

/**
 * Links that lead elsewhere than to the allowed hosts (exact names, or `.example.com` for all below it), or not the
 * plain way. What tracks people is taken out of the others.
 */
export function checkLinks(
  plain: PlainText,
  links: readonly Link[],
  allowedHosts: readonly string[],
): { sightings: Sighting[]; edits: Edit[] } {
  const sightings: Sighting[] = []
  const edits: Edit[] = []
  for (const link of links) {
    const span = sentSpan(plain, link.start, link.end)
    const wrong = wrongWith(link, allowedHosts)
    if (wrong !== undefined) sightings.push({ check: 'url', kind: wrong, score: link.score, span })
    const stripped = wrong === undefined ? withoutTracking(link.written) : link.written
    if (stripped === link.written) continue
    edits.push({ ...span, text: stripped })
    sightings.push({ check: 'url', kind: 'tracking', score: TRACKING_SCORE, span })
  }
  return { sightings, edits }
}

// It does no harm any more.
const TRACKING_SCORE = 0.3

function wrongWith({ written, hasScheme }: Link, allowedHosts: readonly string[]): string | undefined {
  const url = URL.parse(hasScheme ? written : `https://${written}`)
  if (url === null) return 'malformed'
  if (url.protocol !== 'https:') return 'scheme'
  if (url.username !== '' || url.password !== '') return 'userinfo'
  const host = url.hostname.replace(/\.$/, '')
  if (/^(?:[\d.]+|\[.*\])$/.test(host)) return 'ip'
  if (isAllowed(host, allowedHosts) && url.port === '') return undefined
  return /(?:^|\.)xn--/.test(host) ? 'punycode' : 'host'
}

function isAllowed(host: string, allowedHosts: readonly string[]): boolean {
  return allowedHosts.some((it) => {
    const allowed = it.toLowerCase()
    return allowed.startsWith('.') ? host.endsWith(allowed) : host === allowed
  })
}

/** The rest of the link stays letter by letter. */
function withoutTracking(written: string): string {
  const [beforeHash = '', ...hash] = written.split('#')
  const at = beforeHash.indexOf('?')
  if (at < 0) return written
  const kept = beforeHash
    .slice(at + 1)
    .split('&')
    .filter((it) => !TRACKING.test(it.split('=', 1)[0] ?? ''))
  const query = kept.length === 0 ? '' : `?${kept.join('&')}`
  return [beforeHash.slice(0, at) + query, ...hash].join('#')
}
