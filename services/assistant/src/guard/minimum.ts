// Without the guardrails service only the plainest attempts are told from honest words; whatever is left has no tool
// that could do harm.
const PLAIN_ATTACKS = [
  /\b(?:ignore|disregard|forget)\b.{0,30}\b(?:previous|prior|above|all)\b.{0,20}\b(?:instructions|rules|prompts?)\b/i,
  /\b(?:ignor[ea]|esque[cç][ae]|desconsider[ea])\b.{0,30}\b(?:instru[cç][oõ]es|regras)\b.{0,20}\b(?:anteriores|acima)\b/i,
  /\b(?:ignora|olvida)\b.{0,30}\b(?:instrucciones|reglas)\b.{0,20}\b(?:anteriores|previas)\b/i,
  /\b(?:system prompt|developer mode|prompt d[eo] sistema|prompt del sistema)\b/i,
  /<\|im_start\|>|\[INST\]|<<SYS>>/,
]
const TEXT_LENGTH_MAX = 4_096
/** Cards, accounts and phones: nine digits or more; e-mail addresses; keys. */
const PERSONAL = [
  { kind: 'number', pattern: /\+?\d(?:[\s().-]{0,2}\d){8,24}/g },
  { kind: 'email', pattern: /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g },
  { kind: 'api_key', pattern: /\b(?:sk|pk|ghp|xox[bp]|EAA)[-_][\w-]{16,200}/g },
] as const

export type PersonalSpan = { kind: string; span: { start: number; end: number } }

export const isPlainAttack = (text: string) =>
  text.length > TEXT_LENGTH_MAX || PLAIN_ATTACKS.some((pattern) => pattern.test(text))

export function plainPersonalData(text: string): PersonalSpan[] {
  return PERSONAL.flatMap(({ kind, pattern }) =>
    Array.from(text.matchAll(pattern), ({ 0: { length }, index }) => ({
      kind,
      span: { start: index, end: index + length },
    })),
  )
}
