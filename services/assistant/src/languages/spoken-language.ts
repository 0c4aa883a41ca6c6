import type { Driver } from '@waybill/database'
import type { Language, Session } from '../session/session.ts'
import type { Path } from '../understand/understand.ts'
import { detectLanguage } from './detect-language.ts'
import { isOtherLanguage, type OtherLanguage } from './other-languages.ts'

/** `other`: what replies in `language` are translated into. `isTold`: by words, now or before. */
export type Spoken = { language: Language; other: OtherLanguage | null; isTold: boolean }

type Heard = { path: Path; language: Language | undefined; words: string }
type Known = { session: Session; driver: Pick<Driver, 'language'> }

/**
 * What the driver chose, or else what the model takes the message for, or else what it looks like while nothing better
 * is known. A driver whose language is known keeps it: one French sentence changes nothing, "en français" does.
 */
export function spokenLanguage({ path, language, words }: Heard, { session, driver }: Known): Spoken {
  const known = session.language ?? driver.language ?? undefined
  const before = {
    language: known ?? 'en',
    other: otherOf(session),
    isTold: session.language !== null,
  } as const
  if (session.isLanguageChosen) return before
  if (known === undefined || before.other !== null) {
    const detected = detectLanguage(words)
    if (detected !== undefined && isOtherLanguage(detected))
      return { language: 'en', other: detected, isTold: true }
    if (detected !== undefined) return { language: language ?? detected, other: null, isTold: true }
    if (before.other !== null) return before
  }
  if (language === undefined) return before
  const isReading = path === 'model' || path === 'cache' || path === 'rules'
  return { ...before, language: isReading || known === undefined ? language : known, isTold: true }
}

export function otherOf({ otherLanguage }: Session): OtherLanguage | null {
  return otherLanguage !== null && isOtherLanguage(otherLanguage) ? otherLanguage : null
}
