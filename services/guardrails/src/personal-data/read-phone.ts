import parsePhoneNumber, { type CountryCode } from 'libphonenumber-js/max'
import type { NumberRun } from './number-run.ts'
import type { Reading } from './rule.ts'

/** How likely a run of digits is a phone number. Most numbers that a driver writes are not. */
export const readPhone = (run: NumberRun, language: string | undefined): Reading | undefined => {
  const { digits } = run
  if (digits.length < 7 || digits.length > 15 || run.text.includes('/')) return
  if (run.text.startsWith('+')) return { score: parsePhoneNumber(run.text)?.isValid() ? 0.97 : 0.6 }
  switch (run.topic) {
    case 'phone':
      return readCalledPhone(run, language)
    case 'work':
      // Written as only phone numbers are, and the order is further away: "order for Ann (415) 555-0132".
      return !run.isDirect && /\(\d{2,3}\)/.test(run.text) && isValidIn(digits, language)
        ? { score: 0.6 }
        : undefined
    default:
      return run.groups.length === 1 ? readBarePhone(digits, language) : readGroupedPhone(run, language)
  }
}

const readCalledPhone = (run: NumberRun, language: string | undefined) => {
  const { digits, groups, topicDistance, isDirect } = run
  if (digits.length >= 9 && (isValidIn(digits, language) || isValidAbroad(digits))) return { score: 0.95 }
  if (digits.length === 10 || digits.length === 11) return { score: 0.85 }
  // "The office is at 17031 2202 Rissik St".
  if (digits.length === 9 && !isDirect && topicDistance > 2) return
  return topicDistance <= 5 && !groups.some((group) => group < 2) ? { score: 0.7 } : undefined
}

// A person who is asked for a number answers with nothing but the number. Times in seconds begin with 1.
const BARE = /^(?:[2-9]\d{9}|1[2-9]\d{9}|[1-9]{2}9\d{8})$/

const readBarePhone = (digits: string, language: string | undefined) => {
  if (BARE.test(digits)) return { score: 0.5 }
  if (digits.length === 9 && language && isValidIn(digits, language)) return { score: 0.5 }
  return isValidAbroad(digits) ? { score: 0.5 } : undefined
}

// Groups of five and more side by side are order numbers; of equal length, a count.
const SHAPES = /^(?:1-)?(?:3-3-4|3-4-3|2-4-4|2-5-4|2-1-4-4|3-7|2-8|2-9|3-3-3|3-2-2-2|3-6|2-3-2-2|4-3-3)$/
const SHAPES_ANYWHERE = /^(?:1-)?(?:3-3-4|3-7|10)$/
const SHAPES_AFTER_ZERO = /^(?:2-4-4|3-3-4|3-4-4|4-3-2-2|3-3-2-2|4-2-2-2|4-7|2-8)$/

const readGroupedPhone = (
  { digits, groups, shape, isPartOfSeries }: NumberRun,
  language: string | undefined,
) => {
  if (digits.length < 9 || isPartOfSeries) return
  if (SHAPES.test(shape) && isValidIn(digits, language)) return { score: 0.75 }
  if (groups.length >= 3 && isValidAbroad(digits)) return { score: 0.75 }
  const looksLikeOne =
    SHAPES_ANYWHERE.test(shape) || (digits.startsWith('0') && SHAPES_AFTER_ZERO.test(shape))
  return looksLikeOne ? { score: 0.55 } : undefined
}

// As WhatsApp shows numbers, without the plus.
const WITH_COUNTRY_CODE = /^(?:1|34|351|44|5[1-8])\d{9,11}$/
const isValidAbroad = (digits: string) =>
  WITH_COUNTRY_CODE.test(digits) && parsePhoneNumber(`+${digits}`)?.isValid() === true

// Where a number may be from that doesn't say. Nine digits are too often a count to be looked up for everybody.
const REGIONS: Record<string, readonly CountryCode[]> = {
  en: ['US', 'GB', 'MX', 'BR'],
  pt: ['BR', 'PT', 'US'],
  es: ['MX', 'ES', 'AR', 'CO', 'CL', 'PE', 'US'],
}
const USUAL_REGIONS: readonly CountryCode[] = ['US', 'BR', 'MX', 'ES', 'PT']

// The parser takes long enough to be asked only about countries with so many digits.
const LENGTHS: Partial<Record<CountryCode, RegExp>> = {
  US: /^1?\d{10}$/,
  GB: /^0\d{9,10}$/,
  BR: /^0?\d{10,11}$/,
  PT: /^\d{9}$/,
  MX: /^\d{10}$/,
  ES: /^\d{9}$/,
  AR: /^0?\d{10}$/,
  CO: /^\d{10}$/,
  CL: /^\d{9}$/,
  PE: /^\d{9}$/,
}

const isValidIn = (digits: string, language: string | undefined): boolean =>
  (REGIONS[language ?? ''] ?? USUAL_REGIONS).some(
    (region) => LENGTHS[region]?.test(digits) && parsePhoneNumber(digits, region)?.isValid(),
  )
