import { expect, it } from '@jest/globals'
import { withTrustedLinks } from './trusted-links.ts'

const linkAfter = (map_url: string) => {
  const order = {
    id: '1',
    customer: { name: 'A' },
    address: { line: '1 Main St', lat: 1, lng: 2, map_url },
    window: { start: '2026-11-23T12:00:00Z', end: '2026-11-23T13:00:00Z' },
    status: 'assigned',
    sequence: 1,
    items: [],
  }
  return withTrustedLinks({ orders: [order] }, ['www.google.com']).orders[0]?.address.map_url
}

it('keeps a link to an allowed host', () => {
  expect(linkAfter('https://www.google.com/maps?q=1,2')).toBe('https://www.google.com/maps?q=1,2')
})

it.each([
  'https://evil.example/maps?q=1,2',
  'http://www.google.com/maps',
  'https://www.google.com.evil.example/',
  'https://www.google.com@evil.example/',
  'https://user:pass@www.google.com/',
  'https://www.google.com:8443/',
  'javascript:alert(1)',
  'https://www.google.com/maps click https://evil.example',
  'no link',
])('drops %s', (link) => {
  expect(linkAfter(link)).toBeUndefined()
})
