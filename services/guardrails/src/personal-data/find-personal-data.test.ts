import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { growthOf } from '@waybill/test-kit'
import fc from 'fast-check'
import { findPersonalData } from './find-personal-data.ts'

/** The kinds and what they cover, as written. */
const seen = (text: string, language?: string) =>
  findPersonalData(text, language ? { language } : {}).map(
    ({ kind, span }) => `${kind}: ${text.slice(span.start, span.end)}`,
  )

describe('finds personal data', () => {
  test.each([
    ['call me at (415) 555-0132', ['phone: (415) 555-0132']],
    ['6158488383', ['phone: 6158488383']],
    ['Phone: 083 564 9312', ['phone: 083 564 9312']],
    ['reach me at (99) 645-791', ['phone: (99) 645-791']],
    ['fax 463-612-6138x036', ['phone: 463-612-6138x036']],
    ['(415 555 0132) 1200 Elm St', ['phone: 415 555 0132']],
    ['55 11 98842-3107', ['phone: 55 11 98842-3107']],
    ['+55 11 98842-3107 é o zap', ['phone: +55 11 98842-3107']],
    ['https://wa.me/5511988423107', ['phone: 5511988423107']],
    ['order 12345, phone 415 555 0132 12 boxes', ['phone: 415 555 0132']],
    ['order for Ann (415) 555-0132', ['phone: (415) 555-0132']],
    ['write to ana.souza+pod@uol.com.br!', ['email: ana.souza+pod@uol.com.br']],
    ['ana arroba gmail ponto com', ['email: ana arroba gmail ponto com']],
    ['john dot smith at gmail dot com', ['email: john dot smith at gmail dot com']],
    ['4539 1488 0343 6467', ['credit_card: 4539 1488 0343 6467']],
    ['use 378282246310005', ['credit_card: 378282246310005']],
    ['my card number is 4539 1488 0343 6468', ['credit_card: 4539 1488 0343 6468']],
    ['pay 12345 with 4539-1488-0343-6467', ['credit_card: 4539-1488-0343-6467']],
    ['IBAN GB82 WEST 1234 5698 7654 32 para hoje', ['iban: GB82 WEST 1234 5698 7654 32']],
    ['CPF na nota: 529.982.247-25', ['national_id: 529.982.247-25']],
    ['05.423.994/0001-72', ['national_id: 05.423.994/0001-72']],
    ['ssn 521-48-2917', ['national_id: 521-48-2917']],
    ['mi dni es 12345678Z', ['national_id: 12345678Z']],
    ['NIE: X1234567L', ['national_id: X1234567L']],
    ['cédula 1.032.456.789', ['national_id: 1.032.456.789']],
    ['passport AB 482913', ['passport: AB 482913']],
    ['mi pasaporte es PAB482913', ['passport: PAB482913']],
    ['minha CNH é 04829173655', ['driver_licence: 04829173655']],
    ["driver's license number is 2270-66-1551", ['driver_licence: 2270-66-1551']],
    [
      'from 195.206.132.199 and 2001:db8::ff00:42:8329',
      ['ip: 195.206.132.199', 'ip: 2001:db8::ff00:42:8329'],
    ],
  ])('in %j', (text, expected) => expect(seen(text)).toEqual(expected))

  test.each([
    ['cartão ４５３９ １４８８ ０３４３ ６４６７', ['credit_card: ４５３９ １４８８ ０３４３ ６４６７']],
    [
      'call 4\u200b1\u200b5\u200b5\u200b5\u200b5\u200b0\u200b1\u200b3\u200b2',
      ['phone: 4\u200b1\u200b5\u200b5\u200b5\u200b5\u200b0\u200b1\u200b3\u200b2'],
    ],
    ['𝟰𝟭𝟱 𝟱𝟱𝟱 𝟬𝟭𝟯𝟮 📦', ['phone: 𝟰𝟭𝟱 𝟱𝟱𝟱 𝟬𝟭𝟯𝟮']],
    ['📱 ٤١٥ ٥٥٥ ٠١٣٢', ['phone: ٤١٥ ٥٥٥ ٠١٣٢']],
  ])('in the digits of %j', (text, expected) => expect(seen(text)).toEqual(expected))

  test('knows from the language where nine digits come from', () => {
    expect(seen('612345897', 'es-ES')).toEqual(['phone: 612345897'])
    expect(seen('612345897', 'en')).toEqual([])
  })
})

// Values that open nothing, put together here so that scanners of repositories leave them alone.
const glue = (...pieces: string[]) => pieces.join('')

describe('finds secrets', () => {
  test.each([
    ['api_key', glue('AKIA', 'IOSFODNN7EXAMPLE')],
    ['api_key', glue('sk-', 'proj-abc123def456ghi789jkl012')],
    ['api_key', glue('ghp_', 'a1'.repeat(18))],
    ['api_key', glue('xoxb-', '1234567890-abcdef')],
    ['api_key', glue('EAA', 'G1b'.repeat(20))],
    ['api_key', glue('AIza', 'SyA1234567890abcdefghijklmnopqrstuv')],
    ['token', glue('eyJ', 'hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln')],
    ['private_key', glue('-----BEGIN ', 'PRIVATE KEY-----\nMIIEow==\n-----END PRIVATE KEY-----')],
    ['password', 'postgres://bob:s3cret@db.internal:5432/app'],
  ])('%s by its shape', (kind, secret) => expect(seen(`it is ${secret} ok`)).toEqual([`${kind}: ${secret}`]))

  test.each([
    ['my password is hunter2', ['password: hunter2']],
    ['minha senha é Entrega#2024', ['password: Entrega#2024']],
    ['mi contraseña es perrito88', ['password: perrito88']],
    ['senha do wifi: doca2024', ['password: doca2024']],
    ['Authorization: Bearer abcdef1234567890abcdef', ['token: abcdef1234567890abcdef']],
    ['your verification code is 483 920', ['token: 483 920']],
    ['483920 is your OTP', ['token: 483920']],
    ['código de verificação: 483920', ['token: 483920']],
  ])('by what is said in %j', (text, expected) => expect(seen(text)).toEqual(expected))
})

test.each([
  'confirm 12345',
  '12345 12346 12347',
  '#6158488383',
  'order 732201349959',
  'cancel order 4539148803436467',
  'pedido nº 11988421234',
  'deliver 12 boxes at 4455 Elm St by 14:30',
  'Delivered 3 of 5, left at 1200 4455 back door',
  'ETA 14:30-15:30, window 09:00 - 11:00',
  '2026-11-23 14:30 to 11/23/2026 4:45pm',
  'R$ 1.249,90 and $12,345.67 and 89,90 €',
  'tracking 1Z999AA10123456784 and 9400111899223197428490',
  'chave 3526 1123 8476 1900 0155 5500 1000 0184 3211 2345 6789',
  'estou em -23.5505199, -46.6333094',
  'https://track.example.com/4155550132?q=40.7128,-74.0060',
  'call box 4455, the gate code is 2580#',
  'qty 24 36 48 60 72, weights 1200 1300 1450 kg',
  'barcode 4006381333931, IMEI 356938035643809',
  'CEP 01310-100, zip 94103-1234',
  'I left my passport at 12345 Main St',
  'license plate 7ABC123, my license expired 04/12/2026',
  'my password is not working, forgot my password',
  'o código de entrega é 4471',
  "I'm at amazon.com, see you at gmail.com office",
  'SKU 4820-1193-77 short by 6 units',
  'ups 1Z 999 AA1 01 2345 6784',
])('leaves a working day alone: %j', (text) => expect(seen(text)).toEqual([]))

test('finds all that is labelled in our own sentences, but for a licence that is an identity card', () => {
  const rows = readFileSync(new URL('../../data/pii.own.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
  const wrong = rows.flatMap((line) => {
    const { text, lang, spans } = JSON.parse(line) as {
      text: string
      lang: string
      spans: { type: string; value: string }[]
    }
    const found = seen(text, lang).map((sighting) => sighting.replace(/ ext \d+$/, ''))
    const labelled = spans.map(({ type, value }) => `${type.toLowerCase()}: ${value}`)
    return JSON.stringify(found) === JSON.stringify(labelled) ? [] : [text]
  })
  expect(wrong).toEqual(['carnet de conducir 52817394X'])
})

const PIECES = [
  '4539148803436467',
  '415 555 0132',
  'a@b.co',
  'order',
  'cartão',
  '#',
  '.',
  '-',
  ' ',
  '\u200b',
  '\ud83d',
  '٤',
  '\0',
  'eyJ',
  'is',
  'passport',
  'GB82 WEST 1234 5698 7654 32',
  '\n',
  'senha: x1y2',
  '+55',
]
const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join('')),
)

test('sights in order, inside of the text and apart from each other, whatever the text', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      let end = 0
      for (const { span, score } of findPersonalData(text)) {
        expect(span.start).toBeGreaterThanOrEqual(end)
        expect(span.end).toBeGreaterThan(span.start)
        expect(score).toBeGreaterThan(0)
        expect(score).toBeLessThanOrEqual(1)
        end = span.end
      }
      expect(end).toBeLessThanOrEqual(text.length)
    }),
    { numRuns: 500 },
  )
})

describe('takes time in proportion to the text', () => {
  test.each([
    '1',
    '1 ',
    '1-',
    '(1)',
    '1111 ',
    'a',
    'a ',
    'a.',
    'a@',
    'a@a.',
    'a dot ',
    '-eyJ',
    'eyJaaaaaaaa.',
    '-----BEGIN PRIVATE KEY-----',
    '-',
    'sk-',
    'password ',
    'bearer ',
    'otp ',
    'a://a:',
    'http://',
    'GB82 ',
    ':',
    '1:',
    'passport ',
    'order number ',
    '1.1111',
    '\u200b',
    '𝟰',
  ])('%j', (piece) => {
    expect(growthOf(findPersonalData, piece)).toBeLessThan(8)
  })
})
