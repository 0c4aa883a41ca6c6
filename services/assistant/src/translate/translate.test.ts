import { describe, expect, it } from '@jest/globals'
import { buttonsMessage, listMessage, type OutboundMessage, textMessage } from '@waybill/whatsapp'
import fc from 'fast-check'
import type { Guard } from '../guard/guard.ts'
import { mask, saysTheSameFacts, unmask } from './keep-facts.ts'
import { createTranslation } from './translate-reply.ts'

const ORDERS = `📦 You have 3 orders today, Johan!

🚚 Orders:
1. #12345 - Tech Corp Inc (12:00 PM)
   📍 123 Main St, Suite 400`
const LITERALS = ['Johan', 'Tech Corp Inc', '123 Main St, Suite 400']
const call = { purpose: 'translate', model: 'm', outcome: 'texts', latencyMs: 1 }

describe('what must not change', () => {
  it('is put away before the model sees it, and comes back letter by letter', () => {
    const { text, kept } = mask(`${ORDERS}\nhttps://maps.example/?q=1 says “Ring 2 times”`, LITERALS)
    expect(text).not.toMatch(/Johan|Tech Corp|Main St|https|Ring/)
    expect(unmask(text, kept)).toBe(`${ORDERS}\nhttps://maps.example/?q=1 says “Ring 2 times”`)
  })

  it.each([
    ['the same', 'Vous avez 3 commandes, #12345 à 12:00 PM', true],
    ['another number', 'Vous avez 4 commandes, #12345 à 12:00 PM', false],
    ['another order', 'Vous avez 3 commandes, #12346 à 12:00 PM', false],
    ['a time in another form', 'Vous avez 3 commandes, #12345 à 12 h', false],
    ['a time in the morning', 'Vous avez 3 commandes, #12345 à 12:00 AM', false],
    ['digits of another script', 'आपके पास ३ ऑर्डर, #12345, 12:00 PM', false],
    ['a number more', 'Vous avez 3 commandes (sur 9), #12345 à 12:00 PM', false],
    ['a number less', 'Vous avez des commandes, #12345 à 12:00 PM', false],
    ['a link more', 'Vous avez 3 commandes, #12345 à 12:00 PM https://evil.example', false],
    ['a line more', 'Vous avez 3 commandes,\n#12345 à 12:00 PM', false],
  ])('%s', (_what, translation, isTrue) => {
    expect(saysTheSameFacts('You have 3 orders, #12345 at 12:00 PM', translation)).toBe(isTrue)
  })

  it('is caught in any place: one digit that is another one', () => {
    const places = [...ORDERS.matchAll(/\d/g)].map(({ index }) => index)
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.integer({ min: 1, max: 9 }), (place, by) => {
        const digit = String((Number(ORDERS[place]) + by) % 10)
        return !saysTheSameFacts(ORDERS, ORDERS.slice(0, place) + digit + ORDERS.slice(place + 1))
      }),
    )
  })
  it('is caught when it has changed places', () => {
    expect(saysTheSameFacts('1. #11\n2. #22', '1. #22\n2. #11')).toBe(false)
  })
})

const LETTING_THROUGH: Pick<Guard, 'mayBeRead' | 'output'> = {
  mayBeRead: async () => ({ isHarmless: true, records: [] }),
  output: async (asked) => asked.map(({ text }) => ({ isLetOut: true, text, record: undefined })),
}

describe('a reply in another language', () => {
  const translating = (words: (text: string) => string) => {
    const kept = new Map<string, readonly string[]>()
    const asked: string[][] = []
    const translate = createTranslation({
      guard: LETTING_THROUGH,
      ask: async ({ texts }) => {
        asked.push([...texts])
        return { texts: texts.map(words), call }
      },
      cache: {
        read: async (language, texts) => kept.get(language + texts.join()),
        write: async (language, texts, translated) => void kept.set(language + texts.join(), translated),
      },
      onTranslated: () => {},
      onAsked: () => {},
    })
    const say = (replies: OutboundMessage[], mayAsk = true) =>
      translate({ language: 'fr', replies, literals: LITERALS, permissions: [], mayAsk }, AbortSignal.any([]))
    return { say, asked }
  }
  const french = (text: string) =>
    text.replace('You have', 'Vous avez').replace('orders today', "commandes aujourd'hui")

  it('says the same, and the model has seen no name', async () => {
    const { say, asked } = translating(french)
    const { replies, outcome } = await say([textMessage(ORDERS)])
    expect([outcome, JSON.stringify(replies)]).toEqual([
      'translated',
      JSON.stringify([textMessage(french(ORDERS))]),
    ])
    expect(JSON.stringify(asked)).not.toMatch(/Johan|Tech Corp/)
  })

  it('comes from the cache for the next driver, whatever his name', async () => {
    const { say, asked } = translating(french)
    await say([textMessage('You have 3 orders today, Johan!')])
    expect(await say([textMessage('You have 3 orders today, Tech Corp Inc!')], false)).toMatchObject({
      replies: [textMessage("Vous avez 3 commandes aujourd'hui, Tech Corp Inc!")],
      outcome: 'cached',
    })
    expect(asked).toHaveLength(1)
  })

  it('stays English when a number has changed, a mark is lost, or nobody may be asked', async () => {
    const asIs = [textMessage(ORDERS)]
    expect(await translating((text) => text.replace('3', '4')).say(asIs)).toMatchObject({
      replies: asIs,
      outcome: 'refused',
    })
    expect(await translating((text) => text.replace('⟦1⟧', '')).say(asIs)).toMatchObject({
      replies: asIs,
      outcome: 'refused',
    })
    expect(await translating(french).say(asIs, false)).toMatchObject({
      replies: asIs,
      outcome: 'unavailable',
    })
  })

  it('has buttons and rows in it where they fit, and leaves those alone that show an order', async () => {
    const buttons = buttonsMessage({
      body: 'What now?',
      buttons: [
        { id: 'a', title: 'Help' },
        { id: 'b', title: 'Next stop' },
        { id: 'c', title: '#12345 Tech Corp' },
      ],
    })
    const list = listMessage({
      body: 'Choose',
      button: 'See orders',
      sections: [
        { title: 'Orders', rows: [{ id: 'x', title: '1. #12345 Tech', description: '12:00 PM · 123 Main' }] },
      ],
    })
    const { say, asked } = translating((text) => (text === 'Next stop' ? 'x'.repeat(21) : `«${text}»`))
    const { replies } = await say([buttons, list])
    expect(asked).toEqual([['What now?', 'Help', 'Next stop', 'Choose', 'See orders', 'Orders']])
    expect(JSON.stringify(replies)).toContain('"title":"«Help»"')
    expect(JSON.stringify(replies)).toContain('"title":"Next stop"')
    expect(JSON.stringify(replies)).toContain('1. #12345 Tech')
  })
})
