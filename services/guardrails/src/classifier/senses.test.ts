import { expect, it } from '@jest/globals'
import { sensePlacesOf, sensesReader } from './senses.ts'

const readSenses = sensesReader({
  group: ['women', 'mujer*', 'مهاجر*'],
  harm: ['kill*', 'mat*', 'قتل*'],
  away: ['go back'],
  denies: ['not', 'never'],
  low: ['kick', 'scheisse'],
})

it.each([
  ['they kill women', [[], ['harm'], ['group']]],
  ['the killer of mujeres', [[], ['harm'], [], ['group']]],
  ['go back now', [['away'], []]],
  ['go home', [[], []]],
  ['kick a ball', [['low'], [], []]],
  ['never scheiße', [['denies'], ['low']]],
  ['سنقتل المهاجرين', [['harm'], ['group']]],
])('says of each word or phrase what it says: %s', (text, said) => {
  expect(readSenses(text.split(' '))).toEqual(said)
})

it('is the same in other words and languages, and not in another order', () => {
  const placesOf = (text: string) => sensePlacesOf(readSenses(text.split(' ')))
  expect(placesOf('matar mujeres')).toEqual(placesOf('killing women'))
  expect(placesOf('women kill')).not.toEqual(placesOf('kill women'))
})
