import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { DOCS, PAGES } from './pages.ts'

it.each(Object.entries(PAGES))('docs/%s is what `npm run reference` writes', (name, page) => {
  expect(readFileSync(new URL(name, DOCS), 'utf8')).toBe(page())
})
