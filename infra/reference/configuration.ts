import { hostname } from 'node:os'
import { z } from 'zod'
import { envSchema as assistant } from '../../services/assistant/src/config.ts'
import { envSchema as dispatch } from '../../services/dispatch/src/config.ts'
import { envSchema as guardrails } from '../../services/guardrails/src/config.ts'
import { envSchema as ingress } from '../../services/ingress/src/config.ts'
import { envSchema as intake } from '../../services/intake/src/config.ts'
import { envSchema as scheduler } from '../../services/scheduler/src/config.ts'
import { envSchema as sender } from '../../services/sender/src/config.ts'

const SERVICES: Readonly<Record<string, z.ZodObject>> = {
  ...{ ingress, intake, assistant, guardrails, sender, scheduler, dispatch },
}

type Variable = { name: string; value: string; what: string; services: string[] }

/** docs/configuration.md: every variable that a service reads, from the schemas that check them. */
export function configurationPage(): string {
  const rows = variables().map(
    ({ name, services, value, what }) => `| \`${name}\` | ${readers(services)} | ${value} | ${what} |`,
  )
  return `# Configuration

Every service reads its environment once, when it starts, and does not start when something is wrong with it: it names all
that is wrong, never with the value. An empty variable counts as none. This page is written by \`npm run reference\` from the
schemas that the services check with.

| variable | read by | without it | what it is |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

/** A variable that two services describe otherwise has a row for each. */
function variables(): Variable[] {
  const found = new Map<string, Variable>()
  for (const [service, { shape }] of Object.entries(SERVICES)) {
    for (const [name, field] of Object.entries(shape)) {
      const row = { name, what: z.string().parse(field.description), value: withoutIt(field) }
      const key = JSON.stringify(row)
      const variable = found.get(key) ?? { ...row, services: [] }
      variable.services.push(service)
      found.set(key, variable)
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

function withoutIt(field: z.ZodType): string {
  const { success, data: value } = field.safeParse(undefined)
  if (!success) return 'does not start'
  // A list is written with commas, as it is in the environment.
  const text = value === undefined ? '' : z.coerce.string().parse(value)
  return text === '' || text === hostname() ? '–' : `\`${text}\``
}

function readers(services: readonly string[]): string {
  const others = Object.keys(SERVICES).filter((it) => !services.includes(it))
  if (others.length === 0) return 'all'
  return others.length <= 2 ? `all but ${others.join(', ')}` : services.join(', ')
}
