import { expect, it } from '@jest/globals'
import type { Order } from './order-system.ts'
import { suggestSwap } from './suggest-swap.ts'

const now = Date.parse('2026-11-23T14:00:00Z')
const stop = (id: string, lng: number | undefined, window = { start: '09:00', end: '20:00' }): Order => ({
  id,
  customer: { name: id },
  address: { line: id, lat: 40.7, lng },
  window: { start: `2026-11-23T${window.start}:00-05:00`, end: `2026-11-23T${window.end}:00-05:00` },
  status: 'assigned',
  sequence: 1,
  items: [],
})
const zigzag = [stop('a', -74), stop('c', -73.96), stop('b', -73.98), stop('d', -73.94)]

it('suggests the two stops whose swap makes the way more than a tenth shorter', () => {
  const swap = suggestSwap(zigzag, now)
  expect(swap && [swap.first.id, swap.second.id, swap.savedPercent]).toEqual(['c', 'b', 40])
  expect(swap && swap.toM < swap.fromM).toBe(true)
})

it.each<[string, readonly Order[]]>([
  ['the way is the shortest', [stop('a', -74), stop('b', -73.98), stop('c', -73.96)]],
  ['the first stop would have to change', [stop('b', -73.98), stop('a', -74), stop('c', -73.96)].slice(0, 2)],
  ['a window would be missed', zigzag.with(1, stop('c', -73.96, { start: '09:00', end: '09:05' }))],
  [
    'a window opens too late for the other',
    zigzag
      .with(2, stop('b', -73.98, { start: '15:00', end: '16:00' }))
      .with(1, stop('c', -73.96, { start: '12:00', end: '13:00' })),
  ],
  ['a place is not known', zigzag.with(3, stop('d', undefined))],
  ['it saves too little', [stop('a', -74), stop('b', -73.9), stop('c', -73.901), stop('d', -73.8)]],
  ['there is one stop', [stop('a', -74)]],
  ['there is none', []],
])('suggests nothing when %s', (_why, stops) => {
  expect(suggestSwap(stops, now)).toBeUndefined()
})
