import { describe, expect, it } from '@jest/globals'
import { isSigned, signatureOf } from './signature.ts'

// printf '%s' BODY | openssl dgst -sha256 -hmac s3cret
const GOLDEN: readonly [name: string, body: string, signature: string][] = [
  ['plain', '{"a":1}', 'sha256=5910e62016ef5034272c926c27071992a465c2335cecf41851bda071577f4f6d'],
  ['emoji', '{"a":"🚚"}', 'sha256=93d612230acf554b92405d42d507a378d6526615212ee19a4d6ce32c9b4edb99'],
  [
    'escaped unicode',
    '{"a":"caf\\u00e9"}',
    'sha256=306b96f53d6d9f97ad85649a28c128214ea2a6b0c06a206234ad2883bee99af4',
  ],
  ['nothing', '', 'sha256=91dfac70c5348b04e1babb8b421ac92cec08b565b49ca16130dccb72503647b7'],
]
const [, body, golden] = GOLDEN[0] ?? ['', '', '']

describe('a signature', () => {
  it.each(GOLDEN)('S1: over the bytes of %s is what OpenSSL says', (_case, text, signature) => {
    expect(signatureOf(Buffer.from(text), 's3cret')).toBe(signature)
    expect(isSigned(Buffer.from(text), signature, ['s3cret'])).toBe(true)
    expect(isSigned(Buffer.from(`${text} `), signature, ['s3cret'])).toBe(false)
  })

  it.each([
    ['of another secret', signatureOf(Buffer.from(body), 'other')],
    ['truncated', golden.slice(0, -1)],
    ['longer', `${golden}0`],
    ['in capital letters', `sha256=${golden.slice(7).toUpperCase()}`],
    ['not hexadecimal', `sha256=${'g'.repeat(64)}`],
    ['without its algorithm', golden.slice(7)],
    ['SHA-1 only', 'sha1=2fd4e1c67a2d28fced849ee1bb76e7391b93eb12'],
    ['with a line after it', `${golden}\n`],
    ['empty', ''],
    ['a list', [golden]],
    ['missing', undefined],
  ])('S1: does not hold when it is %s', (_case, header) => {
    expect(isSigned(Buffer.from(body), header, ['s3cret'])).toBe(false)
  })

  it('S2: holds for each of two secrets, and not for a third', () => {
    const holds = ['new', 'old', 'older'].map((secret) =>
      isSigned(Buffer.from(body), signatureOf(Buffer.from(body), secret), ['new', 'old']),
    )
    expect(holds).toEqual([true, true, false])
  })
})
