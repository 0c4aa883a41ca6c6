/** Languages besides those of the catalogues: replies are translated into them, where a check lets the translation pass. */
export const OTHER_LANGUAGES = {
  fr: { own: 'Français', names: 'french francais frances francese franzosisch' },
  de: { own: 'Deutsch', names: 'german deutsch alemao aleman allemand tedesco' },
  it: { own: 'Italiano', names: 'italian italiano italienisch' },
  nl: { own: 'Nederlands', names: 'dutch nederlands holandes' },
  pl: { own: 'Polski', names: 'polish polski polones polaco' },
  ro: { own: 'Română', names: 'romanian romana romeno rumano' },
  tr: { own: 'Türkçe', names: 'turkish turkce turco' },
  ru: { own: 'Русский', names: 'russian русский russo ruso' },
  uk: { own: 'Українська', names: 'ukrainian українська ucraniano' },
  ar: { own: 'العربية', names: 'arabic العربية عربي arabe' },
  hi: { own: 'हिन्दी', names: 'hindi हिन्दी हिंदी' },
  bn: { own: 'বাংলা', names: 'bengali bangla বাংলা' },
  pa: { own: 'ਪੰਜਾਬੀ', names: 'punjabi ਪੰਜਾਬੀ' },
  ur: { own: 'اردو', names: 'urdu اردو' },
  fa: { own: 'فارسی', names: 'persian farsi فارسی' },
  zh: { own: '中文', names: 'chinese mandarin 中文 chines chino' },
  vi: { own: 'Tiếng Việt', names: 'vietnamese vietnamita' },
  tl: { own: 'Tagalog', names: 'tagalog filipino' },
} as const satisfies Record<string, { own: string; names: string }>

export type OtherLanguage = keyof typeof OTHER_LANGUAGES

export function isOtherLanguage(code: string): code is OtherLanguage {
  return Object.hasOwn(OTHER_LANGUAGES, code)
}
