import { describe, expect, it } from '@jest/globals'
import { speaksOf, topicOf } from './question-topics.ts'
import { withoutNames } from './without-names.ts'

describe('what a question is about', () => {
  it.each([
    ['is there a gate code at stop 2?', 'access'],
    ['tem código do portão?', 'access'],
    ['¿hay perro?', 'access'],
    ['what if nobody is home', 'policy'],
    ['e se o portão estiver fechado?', 'policy'],
    ['¿y si no hay nadie?', 'policy'],
    ['how many boxes for Westside', 'items'],
    ['until when can I deliver', 'window'],
    ['any notes for the airport?', 'notes'],
    ['qual o endereço exato', 'address'],
    ['is there coffee', undefined],
  ])('%s', (words, topic) => {
    expect(topicOf(words)).toBe(topic)
  })

  it('is spoken of by what an order says, or not', () => {
    expect(speaksOf('Portão azul, código 4421', 'qual o código?')).toBe(true)
    expect(speaksOf('Ring twice', 'gate code?')).toBe(false)
    expect(speaksOf('Ring twice', 'anything else?')).toBe(true)
  })
})

describe('a question that is kept', () => {
  it.each([
    ['Did Maria Silva call +1 212 555 0101 about #12346?', [], 'did call about'],
    ['Is the restaurant at 456 Oak Ave open on sunday', ['Westside Restaurant'], 'is the at open on sunday'],
    ['sou o johan, tem café? escreva para j@x.com', ['Johan'], 'sou o tem cafe escreva para'],
    ['¿Hay café en el depósito?', [], 'hay cafe en el deposito'],
    ['see https://example.com/a?b=1', [], 'see'],
  ])('holds no name and no number: %s', (words, names, kept) => {
    expect(withoutNames(words, names)).toBe(kept)
  })
})
