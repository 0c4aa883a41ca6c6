import { CONTROLS } from './security/controls.ts'
import { API_RISKS, LLM_RISKS, type Risk } from './security/owasp.ts'
import { testsByNumber } from './security/proofs.ts'
import { THREATS } from './security/threats.ts'

const FILES_MAX = 6

/** docs/security.md */
export function securityPage(): string {
  const tests = testsByNumber()
  return `# Security

What is done, by the numbers of our checklist, and which tests prove it: their titles begin with the number. A number without a
test fails the build. Below it the threats by hop, and the two lists of OWASP. P1 to P11 are the promises of
[architecture.md](architecture.md). Written by \`npm run reference\`.

Where somebody finds a hole: tell us in private, with the steps; nobody who does is in trouble with us. What to update, and how
soon, stands at the end.

## Controls

| # | control | how | tests |
| --- | --- | --- | --- |
${Object.entries(CONTROLS)
  .map(([id, { what, how }]) => `| ${id} | ${what} | ${how} | ${linksTo(tests.get(id) ?? [])} |`)
  .join('\n')}

## Threats, by hop

STRIDE: spoofing, tampering, repudiation, information disclosure, denial of service, elevation of privilege. Where a letter is
missing we have found no threat that is not that of another hop.

${Object.entries(THREATS)
  .map(
    ([hop, threats]) => `### ${hop}

| | threat | answer | proven by |
| --- | --- | --- | --- |
${threats.map(({ stride, what, answer, by }) => `| ${stride} | ${what} | ${answer} | ${by.join(', ')} |`).join('\n')}`,
  )
  .join('\n\n')}

## OWASP API Security Top 10 2023

${tableOf(API_RISKS)}

## OWASP Top 10 for LLM Applications 2026

${tableOf(LLM_RISKS)}

## Updates

- Renovate (\`renovate.json\`) proposes versions that are three days old; the lockfile takes none that is younger than one.
- A critical or high advisory about something that runs in production: updated, or accepted with a reason in
  \`infra/supply-chain/advisories.json\`, within two working days; the rest within a month. \`npm run advisories\` asks.
- The base image: built anew every week, and whenever Node has a security release.
- The model: \`OPENROUTER_MODEL\` is pinned; before another one answers drivers, \`npm run quality\` and the attacks of
  \`tests/attacks\` are run with it.
`
}

function tableOf(risks: readonly Risk[]): string {
  const rows = risks.map(
    ({ name, by, note }) => `| ${name} | ${[by.join(', '), note].filter(Boolean).join('; ')} |`,
  )
  return `| risk | answer |\n| --- | --- |\n${rows.join('\n')}`
}

function linksTo(files: readonly string[]): string {
  const shown = files.slice(0, FILES_MAX).map((file) => `[${file.split('/').at(-1)}](../${file})`)
  const more = files.length > FILES_MAX ? [`${files.length - FILES_MAX} more`] : []
  return [...shown, ...more].join(', ')
}
