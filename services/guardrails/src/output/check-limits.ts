import type { Sighting } from '../finding.ts'

/** https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages */
const BODY_LENGTH_MAX = 4_096
// Controls but tab and line breaks; marks that turn the direction of what follows around.
const CONTROL = /(?:(?![\t\n\r])\p{Cc}|[\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF])+/gu
const LONE = /\p{Surrogate}+/gu
const VISIBLE = /[^\s\p{Cf}\p{Cc}\p{Variation_Selector}\u115F\u1160\u3164\u2800]/u

/** What WhatsApp does not carry, or does not show. */
export function checkLimits(text: string): Sighting[] {
  const sighting = (kind: string, start: number, end: number): Sighting => ({
    check: 'limits',
    ...{ kind, score: 1, span: { start, end } },
  })
  const all = (kind: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(({ 0: found, index }) => sighting(kind, index, index + found.length))
  return [
    ...(VISIBLE.test(text) ? [] : [sighting('empty', 0, text.length)]),
    ...(text.length > BODY_LENGTH_MAX ? [sighting('too_long', BODY_LENGTH_MAX, text.length)] : []),
    ...all('control_character', CONTROL),
    ...all('lone_surrogate', LONE),
  ]
}
