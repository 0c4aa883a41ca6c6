import { beforeAll, expect, it } from '@jest/globals'
import { loadLanguages, lookAtLanguage } from './look-at-language.ts'

const FRENCH = "Bonjour, quelles sont mes livraisons d'aujourd'hui s'il vous plaît"

beforeAll(loadLanguages)

it.each([
  ['any language without a list', FRENCH, [], []],
  ['one on the list', FRENCH, ['en', 'fr'], []],
  ['what is too short to tell', 'ok merci', ['en'], []],
  ['none that is not on the list', FRENCH, ['en', 'pt', 'es'], ['fr']],
])('allows %s', (_what, text, allowed, kinds) => {
  expect(lookAtLanguage(text, allowed).map(({ kind }) => kind)).toEqual(kinds)
})
