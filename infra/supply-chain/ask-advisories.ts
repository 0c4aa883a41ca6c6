import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { ADVISORIES_FILE, affected, answerSchema, lockedPackages, readKnownAdvisories } from './advisories.ts'

const packages = lockedPackages()
const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' })
  .trim()
  .replace(/\/$/, '')
const response = await fetch(`${registry}/-/npm/v1/security/advisories/bulk`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(packages),
}).catch((error: unknown) => ({ ok: false as const, status: String(error) }))

const before = readKnownAdvisories()
const known = response.ok
  ? { ...before, askedAt: new Date().toISOString(), answer: answerSchema.parse(await response.json()) }
  : before
if (response.ok) {
  writeFileSync(ADVISORIES_FILE, `${JSON.stringify(known, null, 2)}\n`)
} else {
  const since = before.askedAt === null ? 'none has ever been asked with success' : `of ${before.askedAt}`
  console.error(`The registry has no advisories to give (${response.status}); what is known: ${since}.`)
}
const lines = affected(packages, known)
for (const line of lines) console.log(line)
console.log(
  `${Object.keys(packages).length} packages, ${lines.length} with an advisory that nobody has accepted`,
)
process.exitCode = lines.length === 0 ? 0 : 1
