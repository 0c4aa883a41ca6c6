import { describe, expect, it } from '@jest/globals'
import { readDrivers } from './driver-file.ts'

const maria = { id: 'd-1', name: 'Maria', phone: '+55 (31) 8765-0102', timeZone: 'America/Sao_Paulo' }

describe('readDrivers', () => {
  it('makes one person of the ways to write a number', () => {
    expect(readDrivers(JSON.stringify([maria]))).toEqual([
      {
        ...maria,
        phone: '5531987650102',
        status: 'active',
        checkInAt: '09:00',
        checkInUntil: '11:00',
        permissions: [],
      },
    ])
  })

  it.each([
    [{}, '11:00'],
    [{ checkInAt: '14:30' }, '16:30'],
    [{ checkInAt: '22:15' }, '23:59'],
    [{ checkInAt: null }, '11:00'],
    [{ checkInAt: '14:30', checkInUntil: '15:00' }, '15:00'],
  ])('asks until two hours later, or as it says: %j', (times, checkInUntil) => {
    expect(readDrivers(JSON.stringify([{ ...maria, ...times }]))).toMatchObject([{ checkInUntil }])
  })

  it('takes somebody without a phone who has a user id', () => {
    const unseen = { id: 'd-2', name: 'Wei', userId: 'US.123', timeZone: 'UTC' }
    expect(readDrivers(JSON.stringify([unseen]))).toHaveLength(1)
  })

  it.each([
    ['no JSON', '[', /^not JSON: /],
    ['no list', '{"id":"d-1"}', /^not a list of drivers$/],
    ['an empty list', '[]', /^there is no driver in it$/],
  ])('says so when it is %s', (_what, json, message) => {
    expect(() => readDrivers(json)).toThrow(message)
  })

  it('reports every problem at once, by row and field', () => {
    const rows = [
      { ...maria, timeZone: 'Brazil' },
      { ...maria, phone: '12', status: 'retired' },
      maria,
      { ...maria, phone: '5531987650102' },
      { id: 'd-9', name: 'Nobody', timeZone: 'UTC' },
      { ...maria, id: 'd-8', phone: '12125550101', nickname: 'M' },
      'Maria',
      { ...maria, id: 'd-7', phone: '12125550102', checkInUntil: '08:00' },
    ]
    expect(() => readDrivers(JSON.stringify(rows))).toThrow(
      new Error(
        [
          'row 1, timeZone: not a time zone, like Europe/Lisbon',
          'row 2, phone: not a phone number with its country code',
          'row 2, status: Invalid option: expected one of "active"|"inactive"|"suspended"',
          'row 5, phone: needed, unless there is a userId',
          'row 6, row: Unrecognized key: "nickname"',
          'row 7, row: Invalid input: expected object, received string',
          'row 8, checkInUntil: must be later than checkInAt',
          'row 4, id: the same as in row 3',
          'row 4, phone: the same as in row 3',
        ].join('\n'),
      ),
    )
  })
})
