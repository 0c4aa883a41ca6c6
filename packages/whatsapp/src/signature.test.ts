import { describe, expect, it } from '@jest/globals'
import { canonicalPhone } from './canonical-phone.ts'
import { isSigned, signatureOf } from './signature.ts'

describe('a signature', () => {
  const golden = 'sha256=5910e62016ef5034272c926c27071992a465c2335cecf41851bda071577f4f6d'

  it('is what OpenSSL says', () => {
    // printf '{"a":1}' | openssl dgst -sha256 -hmac s3cret
    expect(signatureOf(Buffer.from('{"a":1}'), 's3cret')).toBe(golden)
  })

  it.each([
    ['plain', '{"a":1}'],
    ['emoji', '{"a":"🚚"}'],
    ['escaped unicode', '{"a":"caf\\u00e9"}'],
    ['nothing', ''],
  ])('over the raw bytes holds: %s', (_case, body) => {
    expect(isSigned(Buffer.from(body), signatureOf(Buffer.from(body), 's3cret'), ['s3cret'])).toBe(true)
  })

  it.each([
    ['of somebody else', golden],
    ['too short', 'sha256=00'],
    ['not hexadecimal', `sha256=${'g'.repeat(64)}`],
    ['a list', ['sha256=00']],
    ['missing', undefined],
  ])('S1: does not hold when it is %s', (_case, header) => {
    expect(isSigned(Buffer.from('{}'), header, ['s3cret'])).toBe(false)
  })

  it('S2: holds for each of two secrets, and not for a third', () => {
    const body = Buffer.from('{}')
    const holds = ['new', 'old', 'older'].map((secret) =>
      isSigned(body, signatureOf(body, secret), ['new', 'old']),
    )
    expect(holds).toEqual([true, true, false])
  })
})

describe('canonicalPhone', () => {
  it.each([
    ['5511987654321', '5511987654321'],
    ['551187654321', '5511987654321'],
    ['551132654321', '551132654321'],
    ['5215512345678', '525512345678'],
    ['525512345678', '525512345678'],
    ['+1 (555) 010-0001', '15550100001'],
    ['4915112345678', '4915112345678'],
  ])('%s is %s', (phone, canonical) => {
    expect(canonicalPhone(phone)).toBe(canonical)
  })
})
