import { countrySpecs, isValidIBAN } from 'ibantools'
import { stdnum, type Validator } from 'stdnum'
import type { Reading, Rule } from './rule.ts'

const ifValid = (validators: readonly (Validator | undefined)[], score: number) => (value: string) =>
  validators.some((validator) => validator?.validate(value).isValid) ? { score } : undefined

/** What follows an IBAN in groups of four may look like one more group, so it ends where its country says. */
const readIban = (value: string): Reading | undefined => {
  const chars = countrySpecs[value.slice(0, 2).toUpperCase()]?.chars ?? undefined
  if (!chars) return
  let length = 0
  let counted = 0
  while (counted < chars && length < value.length) {
    if (/[^ -]/.test(value.charAt(length))) counted += 1
    length += 1
  }
  const iban = value.slice(0, length).replaceAll(/[ -]/g, '').toUpperCase()
  if (counted < chars || /\w/.test(value.charAt(length))) return
  return { score: isValidIBAN(iban) ? 0.99 : 0.6, length }
}

/** Numbers with letters in them, which prove themselves by their check digits, whatever stands around them. */
export const CHECK_DIGITS: readonly Rule[] = [
  {
    check: 'pii',
    kind: 'iban',
    pattern: /(?<![a-z0-9])[a-z]{2}\d{2}(?:[ -]?[a-z0-9]){11,32}/gi,
    read: readIban,
  },
  {
    check: 'pii',
    kind: 'national_id',
    pattern: /(?<![\w-])[a-z]{4}\d{6}[hmx][a-z]{5}[a-z0-9]\d(?![\w-])/gi,
    read: ifValid([stdnum.MX?.curp], 0.98),
  },
  {
    check: 'pii',
    kind: 'national_id',
    pattern: /(?<![\w-])[a-z&]{3,4}\d{6}[a-z0-9]{2}[a0-9](?![\w-])/gi,
    read: ifValid([stdnum.MX?.rfc], 0.95),
  },
  {
    check: 'pii',
    kind: 'national_id',
    // One random number in 23 has the right letter.
    pattern: /(?<![\w-])(?:[xyz]-?\d{7}|\d{8})-?[a-z](?![\w-])/gi,
    read: ifValid([stdnum.ES?.dni, stdnum.ES?.nie], 0.8),
  },
]
