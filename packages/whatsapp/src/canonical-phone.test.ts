import { expect, it } from '@jest/globals'
import { canonicalPhone } from './canonical-phone.ts'

it.each([
  ['Brazil, mobile with its nine', '5511987654321', '5511987654321'],
  ['Brazil, mobile without its nine', '551187654321', '5511987654321'],
  ['Brazil, landline', '551132654321', '551132654321'],
  ['Mexico with the 1', '5215512345678', '525512345678'],
  ['Mexico without the 1', '525512345678', '525512345678'],
  ['written for people', '+1 (555) 010-0001', '15550100001'],
  ['written for people in Brazil', '+55 11 8765-4321', '5511987654321'],
  ['Germany', '4915112345678', '4915112345678'],
  ['Argentina, whose 9 is part of the number', '5491123456789', '5491123456789'],
])('%s: %s is %s', (_case, phone, canonical) => {
  expect(canonicalPhone(phone)).toBe(canonical)
  expect(canonicalPhone(canonical)).toBe(canonical)
})
