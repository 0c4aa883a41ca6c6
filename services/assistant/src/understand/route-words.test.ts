import { describe, expect, it } from '@jest/globals'
import { isClearAcceptance, isClearRefusal, saysWhy } from './route-words.ts'

describe('taking the route', () => {
  it.each([
    'I accept the route',
    "ok, I'll take all of them, I accept",
    'I accept all orders today',
    'count me in',
    'aceito a rota de hoje',
    'acepto todo',
  ])('%s is clear', (words) => {
    expect(isClearAcceptance(words)).toBe(true)
  })

  it.each([
    "I don't accept the route",
    'do I have to accept the route?',
    'I accept if someone else takes the airport',
    'maybe I take it',
    'yeah right, I accept 🙄',
    'lol I accept',
    'kkkk aceito',
    'accept 12345',
    'não aceito',
    'take me off the route',
    'what a day',
  ])('%s takes nothing', (words) => {
    expect(isClearAcceptance(words)).toBe(false)
  })
})

describe('turning the route down', () => {
  it.each([
    "I can't work today",
    "sorry, I can't do the route, my son is ill",
    'I decline',
    "I won't be able to, I refuse",
    'não vou poder trabalhar, o caminhão quebrou',
    'recuso a rota',
    'no puedo trabajar hoy',
    'rechazo la ruta',
  ])('%s is clear', (words) => {
    expect(isClearRefusal(words)).toBe(true)
  })

  it.each([
    "I don't decline",
    "I can't decline",
    'no quiero rechazar la ruta',
    'what happens if I decline?',
    'should I decline',
    'maybe I decline',
    'I decline, just kidding',
    "I can't deliver 12345",
    'I refuse to believe it 😂',
    'traffic is bad',
    'no puedo entrar al edificio',
    "I can't find the address",
  ])('%s turns nothing down', (words) => {
    expect(isClearRefusal(words)).toBe(false)
  })
})

it('knows what "I can not" is about right after the question', () => {
  for (const words of [
    'não posso, estou doente',
    "sorry, I can't, flat tyre",
    'no puedo, se rompió el camión',
  ]) {
    expect([isClearRefusal(words), isClearRefusal(words, { wasAsked: true })]).toEqual([false, true])
  }
})

it.each([
  ["I can't work today, my son is ill", true],
  ["I can't, flat tyre", true],
  ['não posso, estou doente', true],
  ['no puedo, se rompió el camión', true],
  ["I can't take the route today", false],
  ['sorry, I decline the route', false],
  ['não vou poder hoje', false],
  ['no puedo trabajar hoy', false],
])('%s says why: %s', (words, expected) => {
  expect(saysWhy(words)).toBe(expected)
})
