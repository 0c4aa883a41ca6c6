import type { Classify } from '../classifier/classifiers.ts'
import { wordsIn } from '../classifier/terms.ts'
import type { Sighting, Span } from '../finding.ts'
import type { Source } from '../policy/policy.ts'
import { injectionRules } from './injection-rules.ts'
import { normalize } from './normalize.ts'
import { decodedIn, viewsOf } from './views.ts'

// What is classified at once, and how far the next piece begins after this one.
const PIECE = { length: 400, step: 300 }
/** Fewer words say too little to tell by what has been learnt. */
const WORDS_MIN = 3
/** What comes after is not looked at by the scope check: nobody writes so much about a delivery. */
const SCOPE_LENGTH_MAX = 2_000
/** What is hidden is looked at with less patience. */
const ATTACK_MIN = 0.6
const RUDE_WORD = 0.6
const ENCODED_ATTACK = 0.97
/** Only who writes to the assistant can be off its subject: a note or a file says what it says. */
const CONVERSATION: readonly Source[] = ['driver', 'transcript']

/** Attacks, abuse, and talk about something else. Scores are probabilities; nothing is decided here. */
export function lookAtInput(original: string, source: Source, classify: Classify): Sighting[] {
  const normal = normalize(original)
  if (normal.text.trim() === '') return []
  const whole = { start: 0, end: original.length }
  const injections = [
    ...injectionRules(normal.text).map(({ kind, score, span }) => ({
      kind,
      score,
      span: normal.spanOf(span),
    })),
    ...viewsOf(normal.text).flatMap((view) =>
      injectionRules(view).map(({ kind, score }) => ({ kind: `hidden_${kind}`, score, span: whole })),
    ),
    ...decodedIn(original).flatMap(({ text, start, end }) => {
      const isAttack = injectionRules(text).length > 0 || classify(text).injection >= ATTACK_MIN
      return isAttack ? [{ kind: 'encoded', score: ENCODED_ATTACK, span: { start, end } }] : []
    }),
  ]
  const sightings: Sighting[] = injections.map((it) => ({ check: 'injection', ...it }))
  const pieces = piecesOf(normal.text).map((piece) => ({
    span: normal.spanOf(piece),
    likely: classify(normal.text.slice(piece.start, piece.end)),
  }))
  const isTooShort = wordsIn(normal.text.slice(0, PIECE.length)).length < WORDS_MIN
  for (const { span, likely } of pieces) {
    const { injection, nsfw, rudeWords } = likely
    if (isTooShort && rudeWords === 0) continue
    sightings.push({ check: 'injection', kind: 'learned', score: injection, span })
    const isRude = rudeWords > 0 && nsfw < RUDE_WORD
    sightings.push({
      check: 'nsfw',
      kind: isRude ? 'profanity' : 'learned',
      score: isRude ? RUDE_WORD : nsfw,
      span,
    })
  }
  if (CONVERSATION.includes(source) && !isTooShort) {
    const [only, ...others] = pieces
    const { scope } =
      only && others.length === 0 ? only.likely : classify(normal.text.slice(0, SCOPE_LENGTH_MAX))
    sightings.push({ check: 'scope', kind: 'off_topic', score: scope, span: whole })
  }
  return bestOfEach(sightings)
}

function piecesOf(text: string): Span[] {
  const count = Math.max(1, Math.ceil((text.length - PIECE.length) / PIECE.step) + 1)
  return Array.from({ length: count }, (_, index) => ({
    start: index * PIECE.step,
    end: Math.min(index * PIECE.step + PIECE.length, text.length),
  }))
}

/** Of several sightings of one kind the surest. */
function bestOfEach(sightings: readonly Sighting[]): Sighting[] {
  const best = new Map<string, Sighting>()
  for (const sighting of sightings) {
    const key = `${sighting.check} ${sighting.kind}`
    if (sighting.score > (best.get(key)?.score ?? 0)) best.set(key, sighting)
  }
  return [...best.values()]
}
