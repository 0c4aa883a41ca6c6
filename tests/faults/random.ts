import { createHash } from 'node:crypto'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** The same numbers for the same seed. */
export type Random = {
  /** Both ends included. */
  integer(from: number, to: number): number
  /** Whether something of this probability happens. */
  chance(probability: number): boolean
  one<Item>(of: readonly Item[]): Item
}

/** `of` what: two things with the same seed have different numbers. */
export function randomOf(seed: number, of: string): Random {
  const generator = xoroshiro128plus(createHash('sha256').update(`${seed} ${of}`).digest().readInt32LE())
  const integer = (from: number, to: number) => uniformInt(generator, from, to)
  return {
    integer,
    chance: (probability) => uniformFloat64(generator) < probability,
    one(of) {
      const item = of[integer(0, of.length - 1)]
      if (item === undefined) throw new Error('there is nothing to choose from')
      return item
    },
  }
}
