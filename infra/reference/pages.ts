import { ROLES } from '@waybill/contracts'
import { brokerDefinitions } from '@waybill/messaging'
import { configurationPage } from './configuration.ts'
import { securityPage } from './security-page.ts'

/** The files that are written by code, by their paths from docs. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'configuration.md': configurationPage,
  'security.md': securityPage,
  '../infra/rabbitmq/definitions.json': brokerFile,
}

export const DOCS = new URL('../../docs/', import.meta.url)

/** To be read, or imported where there is no `broker` command: its users get their passwords afterwards. */
function brokerFile(): string {
  const users = Object.keys(ROLES).map((name) => [name, { name, password_hash: '' }] as const)
  const definitions = { vhosts: [{ name: '/' }], ...brokerDefinitions('/', new Map(users)) }
  return `${JSON.stringify(definitions, null, 2)}\n`
}
