import { describe, expect, it } from '@jest/globals'
import { GraphError } from './graph-error.ts'
import { parseOutbound } from './outbound-schema.ts'

const base = { messaging_product: 'whatsapp', to: '12125550101' }
const row = (index: number) => ({ id: `row-${index}`, title: `Row ${index}` })
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(index))
const button = (id: string, title = id) => ({ type: 'reply', reply: { id, title } })

const text = (body: string) => ({ ...base, type: 'text', text: { body } })
const buttons = (list: unknown[], extra = {}) => ({
  ...base,
  type: 'interactive',
  interactive: { type: 'button', body: { text: 'Choose' }, action: { buttons: list }, ...extra },
})
const list = (sections: unknown[], extra = {}) => ({
  ...base,
  type: 'interactive',
  interactive: { type: 'list', body: { text: 'Choose' }, action: { button: 'Orders', sections }, ...extra },
})

function codeOf(body: unknown): number | 'accepted' {
  try {
    parseOutbound(body)
    return 'accepted'
  } catch (error) {
    if (error instanceof GraphError) return error.code
    throw error
  }
}

describe('the limits of messages', () => {
  it.each([
    ['a text of 4096', text('x'.repeat(4096)), 'accepted'],
    ['a text of 4097', text('x'.repeat(4097)), 100],
    ['an empty text', text(''), 131009],
    ['no text', { ...base, type: 'text' }, 131008],
    ['no recipient', { messaging_product: 'whatsapp', type: 'text', text: { body: 'x' } }, 131008],
    ['two recipients', { ...text('x'), recipient: 'US.1' }, 131008],
    ['another product', { ...text('x'), messaging_product: 'telegram' }, 100],
    ['an unknown type', { ...base, type: 'hologram' }, 100],
    ['no object', [], 100],
    ['callback data of 513', { ...text('x'), biz_opaque_callback_data: 'x'.repeat(513) }, 131009],
    ['three buttons', buttons([button('a'), button('b'), button('c')]), 'accepted'],
    ['four buttons', buttons([button('a'), button('b'), button('c'), button('d')]), 131009],
    ['no buttons', buttons([]), 131009],
    ['two buttons with one id', buttons([button('a', 'A'), button('a', 'B')]), 131009],
    ['two buttons with one title', buttons([button('a', 'A'), button('b', 'A')]), 131009],
    ['a button title of 20', buttons([button('a', 'x'.repeat(20))]), 'accepted'],
    ['a button title of 21', buttons([button('a', 'x'.repeat(21))]), 131009],
    ['a button id of 257', buttons([button('x'.repeat(257), 'A')]), 131009],
    ['a button body of 1025', buttons([button('a')], { body: { text: 'x'.repeat(1025) } }), 131009],
    ['a footer of 61', buttons([button('a')], { footer: { text: 'x'.repeat(61) } }), 131009],
    ['ten rows', list([{ rows: rows(10) }]), 'accepted'],
    [
      'eleven rows in two sections',
      list([
        { title: 'A', rows: rows(6) },
        { title: 'B', rows: rows(5).map((it) => ({ ...it, id: `b${it.id}` })) },
      ]),
      131009,
    ],
    ['two rows with one id', list([{ rows: [row(1), row(1)] }]), 131009],
    ['two sections without titles', list([{ rows: [row(1)] }, { rows: [row(2)] }]), 131009],
    ['a row title of 25', list([{ rows: [{ id: 'a', title: 'x'.repeat(25) }] }]), 131009],
    ['a row description of 73', list([{ rows: [{ ...row(1), description: 'x'.repeat(73) }] }]), 131009],
    ['a row id of 201', list([{ rows: [{ id: 'x'.repeat(201), title: 'A' }] }]), 131009],
    ['a section title of 25', list([{ title: 'x'.repeat(25), rows: rows(1) }]), 131009],
    [
      'a list button of 21',
      list([{ rows: rows(1) }], { action: { button: 'x'.repeat(21), sections: [{ rows: rows(1) }] } }),
      131009,
    ],
    ['a list body of 4096', list([{ rows: rows(1) }], { body: { text: 'x'.repeat(4096) } }), 'accepted'],
    ['an image header on a list', list([{ rows: rows(1) }], { header: { type: 'image' } }), 131009],
    [
      'a location off the map',
      { ...base, type: 'location', location: { latitude: 91, longitude: 0 } },
      131009,
    ],
    ['an image with id and link', { ...base, type: 'image', image: { id: '1', link: 'https://x' } }, 131009],
    ['a caption of 1025', { ...base, type: 'image', image: { id: '1', caption: 'x'.repeat(1025) } }, 131009],
  ])('%s', (_case, body, expected) => {
    expect(codeOf(body)).toBe(expected)
  })

  it('says which parameter is missing', () => {
    expect(() => parseOutbound({ ...base, type: 'reaction', reaction: {} })).toThrow(
      expect.objectContaining({ code: 131008, details: 'The parameter reaction.message_id is required.' }),
    )
  })
})
