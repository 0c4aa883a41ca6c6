import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { TOOLS } from '../tools/catalogue.ts'
import { EXAMPLES, shownExamples } from './examples.ts'
import { loadExamples } from './load-examples.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'examples-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const load = (files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return loadExamples(pathToFileURL(`${folder}/`), TOOLS)
}

it('every tool has sentences in every language', () => {
  for (const { name } of TOOLS) {
    const languages = EXAMPLES.filter(({ tool }) => tool === name).map(({ language }) => language)
    expect([name, ...new Set(languages)]).toEqual([name, 'en', 'pt', 'es'])
  }
})

it('takes a new sentence without code', () => {
  const examples = load({
    'get_orders.yaml': 'en:\n  - what is on the truck\n  - { say: and tomorrow, args: { day: tomorrow } }\n',
  })
  expect(examples).toEqual([
    {
      tool: 'get_orders',
      language: 'en',
      say: 'what is on the truck',
      args: {},
      frame: 'what is on the truck',
    },
    {
      tool: 'get_orders',
      language: 'en',
      say: 'and tomorrow',
      args: { day: 'tomorrow' },
      frame: 'and tomorrow',
    },
  ])
  expect(shownExamples(examples)).toEqual([
    '"what is on the truck" -> get_orders {"language":"en"}',
    '"and tomorrow" -> get_orders {"day":"tomorrow","language":"en"}',
  ])
})

it.each([
  ['a tool that does not exist', { 'fly.yaml': 'en: [fly]' }, 'fly.yaml: no tool has this name'],
  ['a language that does not exist', { 'help.yaml': 'en: [help]\nfr: [aide]' }, 'help.yaml:1: '],
  [
    'an argument that the tool does not take',
    { 'help.yaml': 'en:\n  - help\n  - { say: x, args: { a: 1 } }' },
    'help.yaml:3: "x": help does not take {"a":1}',
  ],
  [
    'an order that is not in the sentence',
    { 'confirm_order.yaml': 'en:\n  - { say: confirm it, args: { order_ref: "12345" } }' },
    'confirm_order.yaml:2: "confirm it": order_ref "12345" is not in the sentence',
  ],
  [
    'a sentence that asks for two things',
    { 'help.yaml': 'en: [what now]', 'get_orders.yaml': 'es:\n  - What now?' },
    'help.yaml:1: "what now": asks for something else in get_orders.yaml:2',
  ],
  ['broken YAML', { 'help.yaml': 'en:\n  - "help' }, 'help.yaml:2: Missing closing "quote'],
  ['a key that it does not know', { 'help.yaml': 'en:\n  - help\n  - { says: x }' }, 'help.yaml:3: en.1: '],
])('refuses %s, with file and line', (_what, files, problem) => {
  expect(() => load(files)).toThrow(problem)
})

it('tells all mistakes at once', () => {
  expect(() => load({ 'help.yaml': 'en: [7]', 'fly.yaml': 'en: [fly]' })).toThrow(/help\.yaml:1.*\nfly\.yaml/)
})
