import { describe, expect, it } from '@jest/globals'
import { DAY } from '../../test/sample-day.ts'
import { groundedIn } from './grounding.ts'

const REPLIES = {
  en: [
    '📦 You have 3 orders today, Johan!\n\n🚚 Orders:\n1. #48213 - Tech Corp Inc (12:00 PM)\n   📍 128 Main St, Suite 400\n\n2. #59370 - Padaria São João (2:30 PM)\n   📍 Rua das Flores, 87',
    '📦 #48213\n👤 Customer: Tech Corp Inc\n📞 Phone: +12125550173\n📍 Address: 128 Main St, Suite 400\n🕑 Time: 12:00 PM - 1:00 PM\n🧾 Items:\n   • 36 × Frozen goods box\nℹ️ Instructions: Gate code 4421B, ask for Maria',
    '✅ Order #59370 is confirmed. I’m passing it on.',
    'Your next stop is Tech Corp Inc at 128 Main St, Suite 400, between 12:00 and 1:00 PM.',
    'Order 59370 for Padaria São João is delivered. You left it with Pedro.',
    'The gate code is 4421B. Ask for Maria, and call +1 (212) 555-0173 if nobody opens.',
    'Tomorrow, November 24, you go to Bodega El Sol by 6:15 PM.',
    'Johan, you are not late at any stop.',
    'The order total is R$1,250.50, to be paid by Tech Corp Inc.',
  ],
  pt: [
    '📦 Você tem 3 pedidos hoje, Johan!\n\n🚚 Pedidos:\n1. #48213 - Tech Corp Inc (12:00)\n   📍 128 Main St, Suite 400\n\n2. #59370 - Padaria São João (14:30)\n   📍 Rua das Flores, 87',
    '📦 #59370\n👤 Cliente: Padaria São João\n📞 Telefone: +5511987654321\n📍 Endereço: Rua das Flores, 87\n🕑 Horário: 14:30 - 15:30\n🧾 Itens:\n   • 24 × Caixa de pães',
    '✅ O pedido #59370 está confirmado. Já estou repassando.',
    'A próxima parada é a Padaria São João, na Rua das Flores, 87, das 14h30 às 15h30.',
    'O código do portão é 4421B. Procure a Maria da Tech Corp Inc.',
    'Amanhã, dia 24/11/2026, tem a Bodega El Sol às 16h45.',
    'Johan, você não está atrasado em nenhuma parada.',
    'Ligue para (11) 98765-4321 e fale com a Padaria São João.',
    'O total do pedido 48213 é R$ 1.250,50, Johan.',
  ],
  es: [
    '📦 ¡Tienes 3 pedidos hoy, Johan!\n\n🚚 Pedidos:\n1. #48213 - Tech Corp Inc (12:00)\n   📍 128 Main St, Suite 400\n\n2. #59370 - Padaria São João (14:30)\n   📍 Rua das Flores, 87',
    '📦 #PED-60482\n👤 Cliente: Bodega El Sol\n📞 Teléfono: +525512345678\n📍 Dirección: Calle Reforma 950, Col. Juárez\n🕑 Horario: 16:45 - 18:15',
    '✅ El pedido #48213 está confirmado. Ya lo estoy pasando.',
    'Tu próxima parada es Bodega El Sol, en la Calle Reforma 950, Col. Juárez, a las 4:45 de la tarde.',
    'El código de la puerta es 4421B. Pregunta por Maria.',
    'Mañana, 24 de noviembre, tienes Bodega El Sol hasta las 18:15.',
    'Johan, no vas tarde en ninguna parada.',
    'Llama al +52 55 1234 5678 y pregunta por Bodega El Sol.',
    'El total del pedido 48213 es R$ 1.250,50, Johan.',
  ],
}
/** What can be put in the place of a name, and stands nowhere. */
const STRANGERS = ['Kowalski', 'Barbosa', 'Eastside']
const NAMES =
  /Tech|Corp|Inc|Padaria|São|João|Bodega|Sol|Johan|Maria|Pedro|Main|Suite|Flores|Reforma|Juárez|Rua|Calle/g

const grounding = (language: string) => ({ language, timeZone: 'America/New_York' })
const replaced = (text: string, { index, length }: { index: number; length: number }, by: string) =>
  text.slice(0, index) + by + text.slice(index + length)

const digitsOf = (text: string) =>
  [...text.matchAll(/\d/g)].flatMap(({ 0: digit, index }) =>
    Array.from({ length: 9 }, (_, step) =>
      replaced(text, { index, length: 1 }, String((Number(digit) + step + 1) % 10)),
    ),
  )
const namesOf = (text: string) =>
  [...text.matchAll(NAMES)].flatMap(({ 0: name, index }) =>
    STRANGERS.map((stranger) => replaced(text, { index, length: name.length }, stranger)),
  )

/**
 * Digits that pass say something else that is true: a shorter list, the hour of another order. Names that pass are the
 * first word of a sentence.
 */
const SHARE_MIN = { digits: 0.975, names: 0.955 }

describe.each(Object.entries(REPLIES))('replies in %s', (language, replies) => {
  it.each(replies)('pass as they are: %s', (text) => {
    expect(groundedIn(text, DAY, grounding(language))).toBe(true)
  })

  it.each([
    ['digits', digitsOf],
    ['names', namesOf],
  ] as const)('are seen with other %s', (kind, altered) => {
    const texts = replies.flatMap(altered)
    const passed = texts.filter((text) => groundedIn(text, DAY, grounding(language)))
    expect(1 - passed.length / texts.length).toBeGreaterThan(SHARE_MIN[kind])
  })
})
