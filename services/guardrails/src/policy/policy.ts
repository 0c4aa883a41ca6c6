import { RE2JS } from 're2js'
import type { z } from 'zod'
import type { Check } from '../finding.ts'
import type { Judged } from '../judge/opinion.ts'
import { compilePhrases, type Phrases } from './phrases.ts'
import type { policySchema, SEVERITIES, SOURCES } from './policy-schema.ts'

/** Where a text that comes in is from. */
export type Source = (typeof SOURCES)[number]
/** What goes out is by the model. */
export type Place = Source | 'model'
export type Severity = (typeof SEVERITIES)[number]

/** What is done about a check, the steps in ascending order. */
export type Level = {
  enabled: boolean
  /** What is below it is no finding. */
  threshold: number
  /** Below the first step: `log`. */
  severity: readonly { from: number; severity: Severity }[]
}
export type CheckPolicy = Level & {
  sources: Readonly<Partial<Record<Place, Level>>>
  /** For the caller, when it can't ask: `minimum` is what it knows to look for by itself. */
  whenUnreachable: 'minimum' | 'block' | 'allow'
}

type Pattern = { name: string; expression: RE2JS; languages: readonly string[] }
type Topic = { name: string; phrases: Phrases }
export type Messages = { warn: string; block: string; suspended: string }

export type Policy = {
  /** The tenant's, or `default`. */
  name: string
  /** `name@` and the first 12 hex digits of the SHA-256 of what it says: comments and order don't count. */
  version: string
  checks: Readonly<Record<Check, CheckPolicy>>
  lengthMax: number
  /** Empty: any. */
  languages: readonly string[]
  /** `example.com`, or `*.example.com` for those below it. */
  allowedHosts: readonly string[]
  /** What must never leave: marks of the prompts, names of tools, phrases of the prompts. */
  leaks: { canaries: readonly string[]; forbidden: readonly string[] }
  patterns: {
    deny: readonly Pattern[]
    /** Within a match these checks see nothing. */
    allow: readonly (Pattern & { checks: readonly Check[] })[]
  }
  topics: { deny: readonly Topic[]; allow: readonly Topic[] }
  /** Of what is denied, by the kind of its sightings. */
  ruleSeverities: ReadonlyMap<string, Severity>
  /** Asked about input whose score in a check is at least `from` and below `until`. */
  judge?: { model: string; bands: Readonly<Partial<Record<Judged, { from: number; until: number }>>> }
  suspend?: { after: number; withinMs: number }
  storeTexts: 'never' | 'findings' | 'all'
  storeHashed: boolean
  messages: Readonly<Record<string, Messages>> & { en: Messages }
}

type Content = z.output<typeof policySchema>

/** What the file says, as it is used: every source with its whole level, every pattern compiled. */
export function toPolicy(content: Content, { name, version }: { name: string; version: string }): Policy {
  const { checks, patterns, topics, judge, suspend } = content
  return {
    ...{ name, version, messages: content.messages },
    checks,
    lengthMax: checks.length.max,
    languages: checks.language.allowed,
    allowedHosts: checks.url.allowed_hosts,
    leaks: { canaries: checks.leak.canaries, forbidden: checks.leak.forbidden },
    patterns: { deny: patterns.deny.map(compiled), allow: patterns.allow.map(compiled) },
    topics: { deny: topics.deny.map(withPhrases), allow: topics.allow.map(withPhrases) },
    ruleSeverities: new Map([
      ...patterns.deny.map((it) => [it.name, it.severity] as const),
      ...topics.deny.map((it) => [topicKind(it), it.severity] as const),
    ]),
    ...(judge && { judge: { model: judge.model, bands: judge.checks } }),
    ...(suspend && { suspend: { after: suspend.after, withinMs: suspend.within } }),
    storeTexts: content.store_texts,
    storeHashed: content.store_hashed,
  }
}

/** What a sighting of a denied topic is, in particular: no pattern has such a name. */
export const topicKind = ({ name }: { name: string }) => `topic:${name}`

function compiled<Given extends { pattern: string }>({ pattern, ...rest }: Given) {
  return { ...rest, expression: RE2JS.compile(pattern) }
}

function withPhrases<Given extends { words: Record<string, string[]> }>({ words, ...rest }: Given) {
  return { ...rest, phrases: compilePhrases(words) }
}
