import { describe, expect, it } from '@jest/globals'
import { DAY } from '../../test/sample-day.ts'
import { groundedIn, ungroundedIn } from './grounding.ts'

const found = (text: string, language: string, facts: unknown = DAY) =>
  ungroundedIn(text, facts, { language, timeZone: 'America/New_York' }).sightings.map(
    ({ kind, span }) => `${kind} ${text.slice(span.start, span.end)}`,
  )

describe('what stands in the facts, in whatever form', () => {
  it.each([
    ['en', 'Order #48213 is at 12:00 PM, 12 pm, 12.00pm, 12:00 p.m. or noon.'],
    ['pt', 'O pedido 48213 é às 12:00, 12h, 12h00, às 12 ou ao meio-dia.'],
    ['es', 'El pedido 48213 es a las 12:00, 12 h, a las 12 o al mediodía.'],
    ['en', 'Be there by 2:30, 2:30 PM or 2.30pm, until 3:30.'],
    ['pt', 'Chegue às 14h30, 2:30 da tarde ou 14:30h, até as 15h30.'],
    ['es', 'Llega a las 2:30 de la tarde, entre 12 y 13:00.'],
    ['en', 'Between 12-1 PM.'],
    ['en', 'Today is 11/23/2026, 23/11/2026, 2026-11-23, Nov 23, November 23rd, 2026 or Monday.'],
    ['pt', 'Hoje é 23/11/2026, 23/11, 23 de novembro de 2026, segunda-feira.'],
    ['es', 'Hoy es 23.11.2026, 23 de noviembre, lunes. Mañana por la mañana no.'],
    ['en', 'Tomorrow you go to Bodega El Sol.'],
    ['pt', 'Total: R$ 1.250,50, BRL 1250.50 ou 1250,5 reais.'],
    ['en', 'It is R$1,250.50.'],
    ['en', 'Call +1 (212) 555-0173, 212-555-0173 or 2125550173.'],
    ['pt', 'Ligue para (11) 98765-4321, 11 8765-4321 ou +55 11 98765-4321.'],
    ['en', 'You have 3 orders: two today and one tomorrow. Type from 1 to 3.'],
    ['es', 'Tienes tres pedidos, dos hoy.'],
    ['en', 'Order ped-60482, PED 60482 or just 60482.'],
    ['en', 'Gate code 4421B.'],
    ['en', 'For MARIA, maria or María. Padaria Sao Joao at RUA DAS FLORES, 87.'],
    ['en', 'Go to Suite 400, 128 Main St.'],
    ['en', 'You left it with Pedro, Johan.'],
    ['en', '٣ orders, ４８２１３, ४८२१३, 4\u200B8\u200D213.'],
    ['en', 'The window ended 40 minutes ago, the other one 3 hours ago.'],
    ['en', 'Johan’s map: https://www.google.com/maps/search/?api=1&query=40.7527%2C-73.9772'],
    ['en', 'Sorry. Please write it on WhatsApp or Google Maps, I am here in November.'],
    ['en', '👤 A person from dispatch has this conversation now. I stay quiet. Shall I ask a person?'],
    ['en', '1. #48213 Tech Corp Inc\n2. #59370 Padaria São J…'],
    [
      'en',
      'Why did the parcel cross the road, Johan? It was out for delivery. 😄 Now, what about your stops?',
    ],
    ['pt', 'Não posso mostrar o número do cliente. A central pode colocar vocês em contato.'],
    ['pt', '☀️ Bom dia, Johan! Você tem 3 pedidos hoje.\n\nResponda 1 para aceitar ou 2 para recusar.'],
    [
      'es',
      '🙋 De acuerdo, Johan. La central te va a llamar. ¿Hay alguien en peligro? Llama primero a emergencias.',
    ],
    [
      'es',
      '🎤 “left it with Pedro at the gate”\n\n✅ #59370 (Padaria São João) está entregado. Ya estoy avisando.',
    ],
    ['fr', 'Vous avez 3 commandes, la première à 12:00 chez Tech Corp Inc.'],
    ['de', 'Sie haben 3 Aufträge heute, der erste ist für Tech Corp Inc um 12:00.'],
  ])('%s: %s', (language, text) => expect(found(text, language)).toEqual([]))
})

describe('what stands nowhere', () => {
  it.each([
    ['en', 'Order #48214 is next.', 'code #48214'],
    ['en', 'Order ABC-60482 is next.', 'code ABC-60482'],
    ['en', 'Gate code 4421C.', 'code 4421C'],
    ['en', 'You have 7 orders.', 'number 7'],
    ['en', 'You have seven orders.', 'number seven'],
    ['pt', 'Você tem sete pedidos.', 'number sete'],
    ['es', 'Tienes once pedidos.', 'number once'],
    ['en', 'Be there at 2:45 PM.', 'time 2:45 PM'],
    ['en', 'Be there at 12:00 AM.', 'time 12:00 AM'],
    ['en', 'Be there at midnight.', 'time midnight'],
    ['pt', 'Chegue às 14h45.', 'time 14h45'],
    ['pt', 'Chegue às 02:30.', 'time 02:30'],
    ['es', 'Llega a las 2:30 de la madrugada.', 'time 2:30 de la madrugada'],
    ['pt', 'Chegue às 17.', 'number 17'],
    ['en', 'It is for 11/25/2026.', 'date 11/25/2026'],
    ['en', 'It is for 2027-11-23.', 'date 2027-11-23'],
    ['pt', 'É para 25 de novembro.', 'date 25 de novembro'],
    ['es', 'Es para el jueves.', 'date jueves'],
    ['en', 'That was yesterday.', 'date yesterday'],
    ['pt', 'O total é R$ 1.350,50.', 'amount R$ 1.350,50'],
    ['en', 'The total is €1250.50.', 'amount €1250.50'],
    ['en', 'Call +1 212 555 0174.', 'phone +1 212 555 0174'],
    ['pt', 'Ligue (11) 98765-4322.', 'phone (11) 98765-4322'],
    ['en', 'Write to boss@example.com.', 'email boss@example.com'],
    ['en', 'The next stop is Eastside Restaurant.', 'name Eastside Restaurant'],
    ['en', 'Ask for Roberto there.', 'name Roberto'],
    ['pt', 'Cliente: Roberto', 'name Roberto'],
    ['es', 'Pregunta por Sr. Roberto', 'name Roberto'],
    ['en', 'You have 3 orders, Stefan!', 'name Stefan'],
    ['en', 'Go to 129 Main St.', 'address 129 Main St'],
    ['en', 'Go to 128 Elm St.', 'address 128 Elm St'],
    ['en', 'Go to 87 Main St.', 'address 87 Main St'],
    ['pt', 'Vá para a rua das Palmeiras.', 'address rua das Palmeiras'],
    ['es', 'Ve a la calle Reforma 951.', 'address calle Reforma 951'],
    ['en', '📍 Address: 128 Main St, Suite 500', 'address  Suite 500'],
    ['en', '   • 36 × Fresh goods box', 'name Fresh goods box'],
    ['en', '٧ orders', 'number ٧'],
    ['en', 'The window ended 55 minutes ago.', 'number 55'],
    [
      'en',
      'https://www.google.com/maps/search/?api=1&query=41.7527%2C-73.9772',
      expect.stringContaining('number https'),
    ],
  ])('%s: %s', (language, text, sighting) => expect(found(text, language)).toContainEqual(sighting))

  it('marks names that stand in different places of the facts, put together', () => {
    expect(found('Go to Padaria Corp now.', 'en')).toEqual(['name Padaria Corp'])
  })
})

it.each([
  ['America/New_York', '2:30 PM', true],
  ['America/Sao_Paulo', '4:30 PM', true],
  ['America/Sao_Paulo', '2:30 PM', false],
  [undefined, '2:30 PM', true],
  ['no such zone', '2:30 PM', true],
])('tells times in the time zone of the driver: %s, %s', (timeZone, time, isGrounded) => {
  const facts = { start: '2026-11-23T14:30:00-05:00' }
  expect(groundedIn(`It starts at ${time}.`, facts, { language: 'en', timeZone })).toBe(isGrounded)
})

it('takes sentences that are given as facts as they are', () => {
  const text = 'Files up to 10 MB, says Roberto.'
  expect(groundedIn(text, { sentences: [text] }, { language: 'en' })).toBe(true)
  expect(groundedIn(text, {}, { language: 'en' })).toBe(false)
})
