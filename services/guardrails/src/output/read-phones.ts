import type { Take } from './claims.ts'

const DIGITS_MIN = 8
const DIGITS_MAX = 15
const CANDIDATE = /(?<![\p{L}\d.,])[+(]{0,2}\d[\d ()./-]{6,24}\d/gu
const CALL = /(?:📞|☎|📱|phone|tel|fone|celular|m[oó]vil|whatsapp|call|ligue|llam[ae])[^\d\n]{0,12}$/iu
const SHAPES = [
  /^[+(]/,
  /^\d{1,4}[ .-]?\(/,
  /^(?:\d{1,3}[ .-])?\d{2,4}[ .-]\d{3,5}[ .-]\d{4}$/,
  /^\d{2} \d{8,9}$/,
  /^\d{4,5}-\d{4}$/,
  /^\d{3}[ .-]\d{2,3}[ .-]\d{2,3}(?:[ .-]\d{2})?$/,
]

/** Telephone numbers that are written as such: with a plus, in groups, or after a word for them. */
export function readPhones(take: Take): void {
  take(CANDIDATE, ({ text, index }, all) => {
    const phone = firstOf(text)
    const digits = digitsOf(phone)
    if (digits.length < DIGITS_MIN || digits.length > DIGITS_MAX) return { facts: [] }
    const before = all.slice(Math.max(0, index - 24), index)
    const isPhone = SHAPES.some((shape) => shape.test(phone)) || CALL.test(before)
    return isPhone ? { facts: [{ kind: 'phone', digits }], length: phone.length } : { facts: [] }
  })
}

export function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '')
}

/** Whether two numbers are one: the shorter one, without its country or area, ends the longer one. */
export function isSamePhone(one: string, other: string): boolean {
  return ends(one, other) || ends(shortened(one), shortened(other))
}

function ends(one: string, other: string): boolean {
  if (Math.min(one.length, other.length) < DIGITS_MIN) return false
  return one.length <= other.length ? other.endsWith(one) : one.endsWith(other)
}

/** Without the ninth digit of Brazil and the 1 of Mexico: a phone is written with and without them. */
function shortened(digits: string): string {
  return digits.replace(/^(55)?(\d{2})9(\d{8})$/, '$1$2$3').replace(/^521(\d{10})$/, '52$1')
}

/** A number that ends before another one begins. */
function firstOf(text: string): string {
  const first = text.split(' ', 1)[0] ?? text
  if (digitsOf(first).length >= 10) return first
  let phone = text
  while (digitsOf(phone).length > DIGITS_MAX && phone.includes(' '))
    phone = phone.slice(0, phone.lastIndexOf(' '))
  return phone
}
