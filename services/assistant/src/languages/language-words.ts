import type { Language } from '../session/session.ts'
import { normalize } from '../understand/normalize.ts'
import { isOtherLanguage, OTHER_LANGUAGES, type OtherLanguage } from './other-languages.ts'

const KNOWN: Record<Language, string> = {
  en: 'english ingles inglese englisch anglais',
  pt: 'portuguese portugues brazilian brasileiro portugais',
  es: 'spanish espanol castellano espanhol espagnol spagnolo',
}
const NAMES: ReadonlyMap<string, Language | OtherLanguage> = new Map([
  ...named('en', KNOWN.en),
  ...named('pt', KNOWN.pt),
  ...named('es', KNOWN.es),
  ...Object.entries(OTHER_LANGUAGES).flatMap(([code, { names, own }]) =>
    isOtherLanguage(code) ? named(code, `${names} ${normalize(own)}`) : [],
  ),
])

function named<Code extends Language | OtherLanguage>(code: Code, names: string): [string, Code][] {
  return names.split(' ').map((name) => [normalize(name), code])
}

const BEFORE =
  /^(?:(?:please|can you|could you|do you|let s|lets|i want|i prefer|pode|poderia|voce|puedes|podrias|quero|prefiro|quiero|prefiero|por favor|bitte|peux tu|pouvez vous) )*(?:(?:speak|talk|write|reply|answer|change|switch|language|change language|fala|fale|falar|escreve|responde|muda|mudar|idioma|lingua|habla|hable|hablame|hablar|escribe|cambia|cambiar|parle|parler|parlez|sprich|sprechen|parla)\b(?: (?:to|in|with|me|comigo|conmigo))* ?)?(?:(?:in|to|em|en|auf|para|a|al|o|el|pro) )*/
const AFTER =
  /(?: (?:please|pls|por favor|porfa|bitte|s il (?:vous|te) plait|svp|per favore|now|agora|ahora))*$/

/** The language that a whole message asks for: "em português por favor", "speak English", "Français". */
export function languageWanted(normalized: string): Language | OtherLanguage | undefined {
  const rest = normalized.replace(AFTER, '').replace(BEFORE, '')
  return NAMES.get(rest)
}
