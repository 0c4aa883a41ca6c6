import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import semver from 'semver'
import { parse } from 'yaml'
import { z } from 'zod'
import { CHECKOUT } from './bill-of-materials.ts'

export const ADVISORIES_FILE = join(CHECKOUT, 'infra/supply-chain/advisories.json')
const LOCKFILE = join(CHECKOUT, 'pnpm-lock.yaml')

/** By package: what a registry answers at /-/npm/v1/security/advisories/bulk. */
export const answerSchema = z.record(
  z.string(),
  z.array(
    z.object({
      url: z.string(),
      title: z.string(),
      severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']),
      vulnerable_versions: z.string(),
    }),
  ),
)
const knownSchema = z.strictObject({
  /** When a registry was asked last; null: none has answered yet. */
  askedAt: z.iso.datetime().nullable(),
  answer: answerSchema,
  /** What does not concern us, by the URL of the advisory. */
  accepted: z.array(z.strictObject({ url: z.string(), reason: z.string().min(20) })),
})
export type KnownAdvisories = z.output<typeof knownSchema>
export type Packages = Record<string, string[]>

export function readKnownAdvisories(): KnownAdvisories {
  return knownSchema.parse(JSON.parse(readFileSync(ADVISORIES_FILE, 'utf8')))
}

/** Every package of a lockfile of pnpm, with its versions, those for development as well: they run on our machines. */
export function lockedPackages(lockfile = readFileSync(LOCKFILE, 'utf8')): Packages {
  const { packages } = z.object({ packages: z.record(z.string(), z.unknown()) }).parse(parse(lockfile))
  const locked: Packages = {}
  for (const key of Object.keys(packages)) {
    const at = key.lastIndexOf('@')
    const name = key.slice(0, at)
    locked[name] = [...(locked[name] ?? []), key.slice(at + 1)]
  }
  return locked
}

/** A line for each locked version that an advisory is about and that nobody has accepted. */
export function affected(packages: Packages, { answer, accepted }: KnownAdvisories): string[] {
  const isAccepted = (url: string) => accepted.some((it) => it.url === url)
  return Object.entries(answer).flatMap(([name, advisories]) =>
    advisories.flatMap(({ url, title, severity, vulnerable_versions: range }) =>
      (packages[name] ?? [])
        .filter(
          (version) => !isAccepted(url) && semver.satisfies(version, range, { includePrerelease: true }),
        )
        .map((version) => `${severity}: ${name} ${version}: ${title} (${url})`),
    ),
  )
}
