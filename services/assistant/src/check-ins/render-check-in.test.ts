import { expect, it } from '@jest/globals'
import { outboundMessageSchema } from '@waybill/whatsapp'
import type { Order } from '../orders/order-system.ts'
import { checkInTemplates, renderCheckIn } from './render-check-in.ts'

const order: Order = {
  id: '12345',
  customer: { name: 'Tech\nCorp    Inc' },
  address: { line: '123 Main St' },
  window: { start: '2026-11-23T12:00:00-05:00', end: '2026-11-23T13:00:00-05:00' },
  status: 'assigned',
  sequence: 1,
  items: [],
}
const day = (language: 'en' | 'pt' | 'es') => ({
  driver: { name: 'Johan Cruz', timeZone: 'America/New_York' },
  language,
  date: '2026-11-23',
  orders: [order, order, order] as const,
})

it('asks by name, with the number of orders, the first stop and its window', () => {
  const message = renderCheckIn(
    { ...day('en'), orders: [{ ...order, customer: { name: 'Tech Corp Inc' } }] },
    'ask',
  )
  expect(message).toMatchObject({
    interactive: {
      body: {
        text: '☀️ Good morning, Johan! You have 1 order today.\n\n📍 First stop: Tech Corp Inc, 123 Main St (12:00 PM - 1:00 PM)\n\nReply 1 to accept or 2 to decline.',
      },
      action: {
        buttons: [
          { reply: { id: 'accept:-:2026-11-23', title: 'Accept' } },
          { reply: { id: 'decline:-:2026-11-23', title: 'Decline' } },
        ],
      },
    },
  })
})

it('adds what the order system says of the stop, the day and the weather, in the driver’s language', () => {
  const said = {
    ...{ ...day('pt'), orders: [{ ...order, notes: 'Ring twice' }] as const },
    ...{
      notes: 'Vest on at the\nairport',
      weather: { en: 'Rain from 3 PM', pt: 'Chuva a partir das 15:00' },
    },
  }
  expect(JSON.stringify(renderCheckIn(said, 'ask'))).toContain(
    String.raw`(12:00 - 13:00)\n📝 Ring twice\n🗒️ Vest on at the airport\n🌦️ Chuva a partir das 15:00\n\n`,
  )
  expect(JSON.stringify(renderCheckIn({ ...said, weather: 'Sun' }, 'remind'))).toContain('🌦️ Sun')
  expect(JSON.stringify(renderCheckIn({ ...said, weather: { fr: 'Pluie' } }, 'ask'))).not.toContain('🌦️')
})

it('leaves room for the question, whatever the order system says', () => {
  const long = { ...day('es'), notes: 'n'.repeat(900), weather: 'w'.repeat(900) }
  expect(JSON.stringify(renderCheckIn(long, 'ask'))).toMatch(/n….*w….*Responde 1/)
})

it.each(['en', 'pt', 'es'] as const)('is a message that WhatsApp takes, in every form: %s', (language) => {
  for (const message of [
    renderCheckIn(day(language), 'ask'),
    renderCheckIn(day(language), 'remind'),
    ...checkInTemplates(day(language)),
  ])
    expect(outboundMessageSchema.safeParse(message).error).toBeUndefined()
})

it('puts each parameter of the template on one line, and the day behind its buttons', () => {
  const [own, ...others] = checkInTemplates(day('pt'))
  expect(others.map((it) => 'template' in it && it.template.language.code)).toEqual([
    'pt_PT',
    ...['en_US', 'en', 'en_GB'],
  ])
  expect(own).toMatchObject({
    template: {
      name: 'morning_check_in',
      language: { code: 'pt_BR' },
      components: [
        {
          parameters: [
            { text: 'Johan' },
            { text: '3' },
            { text: 'Tech Corp Inc, 123 Main St' },
            { text: '12:00 - 13:00' },
          ],
        },
        { sub_type: 'quick_reply', index: '0', parameters: [{ payload: 'accept:-:2026-11-23' }] },
        { sub_type: 'quick_reply', index: '1', parameters: [{ payload: 'decline:-:2026-11-23' }] },
      ],
    },
  })
})
