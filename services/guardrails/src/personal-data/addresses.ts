import { isIPv4, isIPv6 } from 'node:net'
import { certain, type Reading, type Rule } from './rule.ts'

const MAILBOX =
  /\b(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|live|msn|proton|protonmail|uol|bol|terra|sapo)\b/i
const SPOKEN_DOT = / (?:dot|punto|ponto) /i

const NOT_A_NAME =
  /^(?:you|me|us|them|him|her|it|is|am|are|be|m|re|s|look|here|there|now|stuck|parked|mail) /i

/** "john dot smith at gmail dot com", but not "I'm at amazon.com". */
const readSpokenEmail = (value: string): Reading | undefined => {
  const [, at = '', domain = ''] =
    / ?(?<at>\(at\)|\[at\]|\barroba\b|\bat\b) ?(?<domain>.{1,120})$/i.exec(value) ?? []
  const isWritten = domain.includes('.') || SPOKEN_DOT.test(domain)
  if (at.toLowerCase() !== 'at') return isWritten || MAILBOX.test(domain) ? { score: 0.9 } : undefined
  if (NOT_A_NAME.test(value)) return
  return isWritten && (SPOKEN_DOT.test(domain) || MAILBOX.test(domain)) ? { score: 0.85 } : undefined
}

/** Where somebody's letters and packets arrive. */
export const ADDRESSES: readonly Rule[] = [
  {
    check: 'pii',
    kind: 'email',
    pattern:
      /(?<![\w.+%-])[\w.+%-]{1,64}@[a-z0-9\u00a1-\ud7ff-]{1,63}(?:\.[a-z0-9\u00a1-\ud7ff-]{1,63}){0,6}\.[a-z\u00a1-\ud7ff]{2,24}(?![\w@])/gi,
    read: certain,
  },
  {
    check: 'pii',
    kind: 'email',
    pattern:
      /(?<![\w.+-])[\w.+-]{1,40}(?: (?:dot|punto|ponto) [\w+-]{1,30}){0,3}(?: ?(?:\(at\)|\[at\]) ?| (?:arroba|at) )[a-z0-9-]{1,40}(?:(?: (?:dot|punto|ponto) |\.)[a-z0-9-]{1,20}){0,3}(?![\w@])/gi,
    read: readSpokenEmail,
  },
  {
    check: 'pii',
    kind: 'ip',
    pattern: /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\w)/g,
    read: (value) => (isIPv4(value) ? { score: 0.95 } : undefined),
  },
  {
    check: 'pii',
    kind: 'ip',
    pattern: /(?<![\w:.])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}(?![\w:])/gi,
    read: (value) => (isIPv6(value) ? { score: 0.95 } : undefined),
  },
]
