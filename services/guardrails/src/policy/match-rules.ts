import type { RE2JS } from 're2js'
import type { Sighting, Span } from '../finding.ts'
import { findPhrases, wordsOf } from './phrases.ts'
import { type Policy, topicKind } from './policy.ts'
import { primaryLanguage } from './primary-language.ts'

/** A text as topics are looked for in it, and where a piece of it stands in the text as sent. */
export type Normalised = { text: string; spanOf: (span: Span) => Span }

type Text = {
  /** As sent. */
  text: string
  normalised: Normalised
  /** BCP 47; rules for any language count where it is not known. */
  language?: string | undefined
}

// Each further match is another search: with a bound the time is linear, and a text gains nothing by matching more.
const MATCHES_MAX = 20

/**
 * The sightings as the policy's own patterns and topics leave them: with what these deny, as `pattern` of the kind
 * `<name>` or `topic:<name>`, and without what they allow.
 */
export function matchRules(
  sightings: readonly Sighting[],
  { text, normalised, language: tag }: Text,
  { patterns, topics }: Pick<Policy, 'patterns' | 'topics'>,
): Sighting[] {
  const language = tag === undefined ? undefined : primaryLanguage(tag)
  const isMeant = ({ languages }: { languages: readonly string[] }) =>
    language === undefined || languages.length === 0 || languages.includes(language)
  const allowed = patterns.allow
    .filter(isMeant)
    .flatMap(({ expression, checks }) => matches(expression, text).map((span) => ({ span, checks })))
  const denied = patterns.deny
    .filter(isMeant)
    .flatMap(({ name, expression }) => matches(expression, text).map((span) => sighting(name, span)))

  const words = topics.allow.length + topics.deny.length > 0 ? wordsOf(normalised.text) : []
  const isInScope = topics.allow.some(({ phrases }) => findPhrases(words, phrases, language).length > 0)
  const ofTopics = topics.deny.flatMap((topic) =>
    findPhrases(words, topic.phrases, language).map((span) =>
      sighting(topicKind(topic), normalised.spanOf(span)),
    ),
  )
  return [...sightings, ...denied, ...ofTopics].filter(
    ({ check, span }) =>
      !(isInScope && check === 'scope') &&
      !allowed.some((it) => it.checks.includes(check) && isWithin(span, it.span)),
  )
}

function matches(expression: RE2JS, text: string): Span[] {
  const matcher = expression.matcher(text)
  const found: Span[] = []
  while (found.length < MATCHES_MAX && matcher.find()) {
    found.push({ start: matcher.start(), end: matcher.end() })
  }
  return found
}

const sighting = (kind: string, span: Span): Sighting => ({ check: 'pattern', kind, score: 1, span })

const isWithin = (inner: Span, outer: Span) => inner.start >= outer.start && inner.end <= outer.end
