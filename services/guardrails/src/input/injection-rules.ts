import type { Span } from '../finding.ts'
import { INJECTION_RULES, INJECTION_WORDS } from './injection-words.ts'

export type Hit = { kind: string; score: number; span: Span }

const WORD = /[\p{L}\p{N}_'-]{1,40}/gu
const PREFIX_LENGTH = { min: 3, max: 14 }

const exact = new Map<string, string[]>()
const prefixes = new Map<string, string[]>()
for (const [role, words] of Object.entries(INJECTION_WORDS)) {
  for (const word of new Set(words.split(' '))) {
    const [map, key] = word.endsWith('*') ? [prefixes, word.slice(0, -1)] : [exact, word]
    map.set(key, [...(map.get(key) ?? []), role])
  }
}

/** What only machines write to machines, and what takes a conversation over by looking like one. Matched where they begin. */
const MARKS: readonly { kind: string; pattern: RegExp; score: number }[] = [
  {
    kind: 'fake_message',
    pattern: /(?:^|\n)\s{0,3}["'*#[<(]{0,3}(?:system|assistant|developer|tool)["'*\])>]{0,3}\s{0,2}:/g,
    score: 0.95,
  },
  {
    kind: 'fake_message',
    pattern:
      /<\|?(?:im_start|im_end|system|endoftext|eot_id|start_header_id)\|?>|\[\/?inst\]|<<\/?sys>>|<\/?(?:system|instructions?|driver_message|earlier_messages)>/g,
    score: 0.97,
  },
  {
    kind: 'fake_message',
    pattern: /###\s{0,2}(?:instruction|system|new task|response|human|assistant)/g,
    score: 0.95,
  },
  {
    kind: 'code',
    pattern:
      /\bdrop table\b|\bunion select\b|\bselect \* from\b|<script\b|\$\{jndi:|\{\{.{1,40}?\}\}|\brm -rf\b/g,
    score: 0.95,
  },
  // Where words are not set apart by blanks, or look different in every sentence.
  { kind: 'override', pattern: /(?:忽略|无视|忘记|無視).{0,12}(?:指令|说明|规则|提示|指示)/g, score: 0.97 },
  { kind: 'override', pattern: /(?:تجاهل|انس).{0,20}(?:التعليمات|الاوامر|القواعد)/g, score: 0.97 },
]

/** Attacks that can be told by the words that stand together in a normalised text. */
export function injectionRules(text: string): Hit[] {
  const hits = MARKS.flatMap(({ kind, pattern, score }) => {
    const found = text.matchAll(pattern).next().value
    return found ? [{ kind, score, span: { start: found.index, end: found.index + found[0].length } }] : []
  })
  const last = new Map<string, { word: number; start: number }>()
  const best = new Map<string, Hit>()
  let word = 0
  for (const match of text.matchAll(WORD)) {
    const roles = rolesOf(match[0])
    for (const role of roles) last.set(role, { word, start: match.index })
    if (roles.length > 0) {
      const end = match.index + match[0].length
      for (const { kind, roles: needed, within, score } of INJECTION_RULES) {
        // A rule is complete at the last of its words.
        if (score <= (best.get(kind)?.score ?? 0) || !needed.some((role) => roles.includes(role))) continue
        const places = needed.map((role) => last.get(role))
        if (!places.every((place) => place !== undefined && word - place.word <= within)) continue
        // Each role is a word of its own.
        if (new Set(places.map((place) => place?.word)).size < needed.length) continue
        const start = Math.min(...places.map((place) => place?.start ?? end))
        best.set(kind, { kind, score, span: { start, end } })
      }
    }
    word += 1
  }
  return [...hits, ...best.values()]
}

function rolesOf(word: string): readonly string[] {
  const roles = [...(exact.get(word) ?? [])]
  for (let length = PREFIX_LENGTH.min; length <= Math.min(PREFIX_LENGTH.max, word.length); length += 1) {
    const found = prefixes.get(word.slice(0, length))
    if (found) roles.push(...found)
  }
  return roles
}
