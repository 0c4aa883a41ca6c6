import { describe, expect, it } from '@jest/globals'
import { EMPTY_SESSION, type Session } from '../session/session.ts'
import { takeFastPath } from '../understand/fast-path.ts'
import { detectLanguage } from './detect-language.ts'
import { spokenLanguage } from './spoken-language.ts'

describe('the language of a message', () => {
  it.each([
    ["Bonjour, quelles sont mes livraisons aujourd'hui ?", 'fr'],
    ['Wo ist mein nächster Stopp?', 'de'],
    ['dove è la prossima consegna?', 'it'],
    ['आज मेरे ऑर्डर क्या हैं', 'hi'],
    ['мои заказы на сегодня', 'ru'],
    ['What are my orders today?', 'en'],
    ['Quais são meus pedidos de hoje', 'pt'],
    ['cuales son mis pedidos', 'es'],
    ['ok', undefined],
    ['merci', undefined],
    ['12345 1', undefined],
    ['', undefined],
  ])('%s', (words, language) => {
    expect(detectLanguage(words)).toBe(language)
  })
})

describe('what is spoken', () => {
  const spoken = (words: string, session: Partial<Session> = {}, language: 'pt' | null = null) =>
    spokenLanguage(
      { path: 'none', language: undefined, words },
      { session: { ...EMPTY_SESSION, ...session }, driver: { language } },
    )

  it('is told by the first message, and kept', () => {
    const french = { language: 'en', other: 'fr', isTold: true }
    expect(spoken('Bonjour, où est mon prochain arrêt ?')).toEqual(french)
    expect(spoken('1', { language: 'en', otherLanguage: 'fr' })).toEqual(french)
    expect(spoken('What are my orders today?', { language: 'en', otherLanguage: 'fr' })).toMatchObject({
      other: null,
    })
  })
  it('is not changed by a message of a driver whose language is known', () => {
    expect(spoken('Bonjour, où est mon prochain arrêt ?', {}, 'pt')).toMatchObject({
      language: 'pt',
      other: null,
    })
  })
  it('stays what the driver asked for', () => {
    const chosen = { language: 'es', isLanguageChosen: true } as const
    expect(spoken('What are my orders today?', chosen)).toEqual({ language: 'es', other: null, isTold: true })
  })
})

describe('who asks for a language', () => {
  const wish = (text: string) =>
    takeFastPath({ kind: 'words', text }, { session: EMPTY_SESSION, today: '', sentAt: 0 })
  it.each([
    ['em português por favor', 'pt'],
    ['Speak English', 'en'],
    ['can you speak English please?', 'en'],
    ['en español', 'es'],
    ['Español', 'es'],
    ['háblame en inglés', 'en'],
    ["en français s'il vous plaît", 'fr'],
    ['auf Deutsch bitte', 'de'],
    ['हिन्दी', 'hi'],
    ['switch to Hindi', 'hi'],
  ])('%s', (text, to) => {
    expect(wish(text)).toEqual({ do: 'tool', name: 'set_language', args: { to } })
  })
  it.each(['the English restaurant', 'deliver to the German bakery', 'order in French quarter'])(
    'and who does not: %s',
    (text) => {
      expect(wish(text)).toBeUndefined()
    },
  )
})
