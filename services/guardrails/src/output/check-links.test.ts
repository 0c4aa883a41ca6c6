import { describe, expect, it } from '@jest/globals'
import { checkLinks } from './check-links.ts'
import { linksIn } from './links.ts'
import { toPlainText } from './plain-text.ts'

const HOSTS = ['www.google.com', '.waybill.example']
const check = (text: string) => {
  const plain = toPlainText(text)
  return checkLinks(plain, linksIn(plain), HOSTS)
}
const found = (text: string) =>
  check(text).sightings.map(({ kind, span }) => `${kind} ${text.slice(span.start, span.end)}`)

describe('links', () => {
  it.each([
    'https://www.google.com/maps/search/?api=1&query=40.75%2C-73.99',
    'See https://a.b.waybill.example/x.',
    'www.google.com/maps',
    '(https://www.google.com)',
    'At 12.30 p.m. for Main St.Suite 4, e.g. R$ 1.250,50 etc...',
    'Write to anna@example.com',
    'Note: call first',
    'Write to anna.com@mail.example.org',
  ])('may lead where they are allowed to, and other dots are none: %s', (text) =>
    expect(found(text)).toEqual([]),
  )

  it.each([
    ['http://www.google.com/x', 'scheme http://www.google.com/x'],
    ['https://evil.com.', 'host https://evil.com'],
    ['See evil.com/login now', 'host evil.com/login'],
    ['*evil.com*', 'host evil.com'],
    ['…evil.com', 'host evil.com'],
    ['-evil.com', 'host evil.com'],
    ['EVIL.COM', 'host EVIL.COM'],
    ['bit.ly/3xYz', 'host bit.ly/3xYz'],
    ['https://www.google.com.evil.com/', 'host https://www.google.com.evil.com/'],
    ['https://waybill.example', 'host https://waybill.example'],
    ['https://evilwaybill.example', 'host https://evilwaybill.example'],
    ['https://www.google.com:8443/', 'host https://www.google.com:8443/'],
    ['https://www.google.com@evil.com/', 'userinfo https://www.google.com@evil.com/'],
    ['https://10.0.0.1/x', 'ip https://10.0.0.1/x'],
    ['https://3232235777/', 'ip https://3232235777/'],
    ['https://[::1]/', 'ip https://[::1]/'],
    ['192.168.0.1/admin', 'ip 192.168.0.1/admin'],
    ['https://www.gооgle.com/', 'punycode https://www.gооgle.com/'],
    ['https://xn--ggle-55da.com/', 'punycode https://xn--ggle-55da.com/'],
    ['https://evil。com/', 'host https://evil。com/'],
    ['ht\u200Btps://ev\u200Bil.com/', 'host ht\u200Btps://ev\u200Bil.com/'],
    ['https:evil.com', 'host https:evil.com'],
    ['javascript:alert(1)', 'scheme javascript:alert(1'],
    ['whatsapp://send?text=x', 'scheme whatsapp://send?text=x'],
    ['tel:+15550100', 'scheme tel:+15550100'],
    ['[map](https://evil.com/a)', 'host https://evil.com/a'],
  ])('are seen where they lead elsewhere, or not the plain way: %s', (text, sighting) =>
    expect(found(text)).toEqual([sighting]),
  )

  it('lose what tracks people, and nothing else', () => {
    const text = 'https://www.google.com/maps?utm_source=a&api=1&fbclid=b&query=1%2C2&gclid=c#top'
    const { edits, sightings } = check(text)
    expect(edits.map((it) => it.text)).toEqual(['https://www.google.com/maps?api=1&query=1%2C2#top'])
    expect(sightings.map(({ kind }) => kind)).toEqual(['tracking'])
    expect(check('https://www.google.com/?utm_source=a').edits.map((it) => it.text)).toEqual([
      'https://www.google.com/',
    ])
  })

  it('are less sure where a space may have been forgotten', () => {
    expect(check('Feito hoje.As ordens').sightings.map(({ score }) => score)).toEqual([0.4])
  })
})
