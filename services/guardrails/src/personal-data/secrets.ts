import { certain, likely, type Rule } from './rule.ts'

const hasDigit = (value: string) => (/\d/.test(value) ? likely() : undefined)

// Beginnings that the makers of the keys have chosen so that leaks can be found.
const KEY = [
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])',
  'sk-[\\w-]{20,256}',
  '[rs]k_(?:live|test)_[A-Za-z0-9]{16,128}',
  'gh[oprsu]_[A-Za-z0-9]{30,255}',
  'github_pat_\\w{22,255}',
  'glpat-[\\w-]{20,64}',
  'npm_[A-Za-z0-9]{36}',
  'xox[a-z]-[A-Za-z0-9-]{10,256}',
  'xapp-[A-Za-z0-9-]{10,256}',
  'EAA[A-Za-z0-9]{40,512}',
  'AIza[\\w-]{35}',
  'GOCSPX-[\\w-]{20,64}',
  'SG\\.[\\w-]{16,32}\\.[\\w-]{16,64}',
  'hf_[A-Za-z0-9]{30,64}',
  '\\d{8,10}:AA[\\w-]{33}',
].join('|')

const ONE_TIME =
  '(?:verification|authentication|one[- ]time|log-?in|sign[- ]?in|2fa|otp|sms) (?:code|pin|password|passcode)' +
  '|codigo (?:de )?(?:verificacao|verificacion|autenticacao|autenticacion|acesso|acceso|login|sms)|\\botp'

/** What opens doors. The shapes come before the words, so that a key after "password:" is called a key. */
export const SECRETS: readonly Rule[] = [
  {
    check: 'secret',
    kind: 'private_key',
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----(?:[^-]|-(?!----)){0,16384}(?:-----END [A-Z0-9 ]{0,60}-----)?/g,
    read: certain,
  },
  { check: 'secret', kind: 'api_key', pattern: new RegExp(`(?<![\\w-])(?:${KEY})`, 'g'), read: hasDigit },
  {
    check: 'secret',
    kind: 'api_key',
    pattern: /\bhooks\.slack\.com\/services\/[\w/]{20,80}/g,
    read: certain,
  },
  {
    check: 'secret',
    kind: 'token',
    pattern: /(?<![\w-])eyJ[\w-]{8,4096}\.[\w-]{8,4096}\.[\w-]{0,4096}/g,
    read: certain,
  },
  { check: 'secret', kind: 'token', pattern: /(?<![\w-])ya29\.[\w-]{20,512}/g, read: certain },
  {
    check: 'secret',
    kind: 'password',
    pattern: /(?<![\w+.-])[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/]{0,128}:[^\s@/]{1,128}@[^\s"'<>]{1,256}/gi,
    read: certain,
  },
  {
    check: 'secret',
    kind: 'api_key',
    pattern:
      /\b(?:api|secret|access|private|client)[ _-]?(?:access[ _-]?)?(?:key|secret)["']? {0,3}(?:[:=]|is|e|es) {0,3}["']?([\w/+=.-]{16,256})/gi,
    read: hasDigit,
  },
  {
    check: 'secret',
    kind: 'token',
    pattern: /\b(?:bearer|basic) {1,3}([\w.~+/=-]{16,4096})/gi,
    read: hasDigit,
  },
  {
    check: 'secret',
    kind: 'token',
    pattern:
      /(?:\b(?:access|auth|refresh|bearer|session)[ _-]?token["']? {0,3}[:=] {0,3}["']?|[?&](?:token|key|sig|secret)=)([\w.~+/=%-]{8,512})/gi,
    read: hasDigit,
  },
  {
    check: 'secret',
    kind: 'token',
    pattern: new RegExp(`(?:${ONE_TIME})\\b[^\\d\\n]{0,24}(\\d{3}[ -]\\d{3}|\\d{4,8})(?![\\d:/])`, 'gi'),
    read: likely,
  },
  {
    check: 'secret',
    kind: 'token',
    pattern: new RegExp(
      `(?<!\\d)(?:\\d{3}[ -]\\d{3}|\\d{4,8})(?= (?:is|e|es) (?:[a-z]{1,12} ){1,3}(?:${ONE_TIME}))`,
      'gi',
    ),
    read: likely,
  },
  {
    check: 'secret',
    kind: 'password',
    pattern:
      /\b(?:password|passwd|passcode|passphrase|pwd|senha|contrasena|clave)(?: (?:for|of|to|do|da|de|del|para) (?:[a-z]{1,10} ){0,1}(?:app|aplicativo|aplicacion|email|e-mail|correo|wi-?fi|conta|cuenta|account|banco|bank))?(?: {0,2}[:=]| (?:is|e|es|era|was)[: ]) {0,2}["']?([^\s"']{4,64})/gi,
    read: (value, match) => readPassword(value, /[:=]/.test(match)),
  },
]

// "my password is not working", "minha senha é inválida".
const SAID_OF_A_PASSWORD =
  /^(?:not|wrong|incorrect\w{0,2}|invalid\w{0,2}|expired|required|missing|case|too|still|very|being|hard|weak|strong|same|what|this|that|nao|errada|expirada|fraca|forte|muito|igual|mesma|incorreta|obrigatoria|equivocada|caducada|vencida|muy|misma|obligatoria|debil|reset|blocked|locked|bloqueada|correct\w?|correta|certa)\b/i

const readPassword = (value: string, isAssigned: boolean) => {
  if (SAID_OF_A_PASSWORD.test(value)) return
  const bare = value.replace(/[.,;!?)]{1,4}$/, '')
  if (bare.length < 4) return
  if (/[^a-z]/i.test(bare)) return { score: 0.95, length: value.length }
  // A word alone is a password if the sentence cannot mean anything else.
  return isAssigned ? { score: 0.7, length: bare.length } : undefined
}
