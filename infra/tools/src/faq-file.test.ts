import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { readFaq } from './faq-file.ts'

it('reads questions, other ways to ask them, and the answer as WhatsApp shows it', () => {
  const markdown = `# FAQ\nFor those who write it.\n\n## Nobody home?\n- nobody answers\n* no one there\n\nRing **twice**,\nthen wait.\n\n- Call\n- Drive on\n`
  expect(readFaq(markdown, 'en.md')).toEqual([
    {
      title: 'Nobody home?',
      phrases: ['nobody answers', 'no one there'],
      answer: 'Ring *twice*, then wait.\n\n• Call\n• Drive on',
    },
  ])
})

it('tells all mistakes at once', () => {
  const markdown = `## A?\n- b\n\n## C?\n${'x'.repeat(901)}\n## C?\nyes`
  expect(() => readFaq(markdown, 'pt.md')).toThrow(
    /pt\.md: "A\?" has no answer\npt\.md: the answer to "C\?" has more than 900 characters\npt\.md: "C\?" is there twice/,
  )
  expect(() => readFaq('nothing', 'es.md')).toThrow('there is no question in it')
})

it.each(['en', 'pt', 'es'])(
  'the example of infra/faq is right, with as many questions as in English: %s',
  (language) => {
    const read = (name: string) =>
      readFaq(readFileSync(new URL(`../../faq/${name}.md`, import.meta.url), 'utf8'), name)
    expect(read(language)).toHaveLength(read('en').length)
  },
)
