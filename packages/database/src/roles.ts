import { readFileSync } from 'node:fs'
import pg from 'pg'

/** A role of its own for everybody who uses the database; migrations run as its owner. */
export const ROLES = [
  'waybill_intake',
  'waybill_assistant',
  'waybill_sender',
  'waybill_scheduler',
  'waybill_dispatch',
  'waybill_tools',
] as const
export type Role = (typeof ROLES)[number]
/** The URLs with which services log in: another user than the role itself is a member of it. */
export type Logins = Partial<Record<Role, string>>

const DUPLICATE_OBJECT = '42710'
const UNIQUE_VIOLATION = '23505'
const INSUFFICIENT_PRIVILEGE = '42501'
const CONNECT_MS_MAX = 10_000
const LOCK = 7_201_991

/** Creates the roles that are not there. Throws as `applyGrants` does. */
export function createRoles(databaseUrl: string): Promise<void> {
  return connected(databaseUrl, async (client) => run(client, await missingRoles(client)))
}

/**
 * Creates the users that are given, and gives each role what a file like `grants.sql` says. Throws with the statements that an
 * administrator has to run, when the owner of the database may not create roles.
 */
export function applyGrants(databaseUrl: string, file: string, logins: Logins): Promise<void> {
  return connected(databaseUrl, async (client) => {
    await run(client, loginsFor(client, logins))
    // Two that grant the same things at once would meet on the rows of the catalogue.
    await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK}); ${readFileSync(file, 'utf8')} COMMIT`)
  })
}

async function connected(databaseUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS_MAX })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

async function run(client: pg.Client, statements: readonly Statement[]): Promise<void> {
  for (const { text } of statements) {
    await client.query(text).catch((error: unknown) => {
      // Roles are of all databases of a server: another migration may have been faster.
      const code = error instanceof pg.DatabaseError ? error.code : undefined
      if (code === DUPLICATE_OBJECT || code === UNIQUE_VIOLATION) return
      if (code !== INSUFFICIENT_PRIVILEGE) throw error
      const all = statements.map((it) => `  ${it.told ?? it.text};`).join('\n')
      throw new Error(`This user may not create roles. An administrator has to run:\n${all}`, {
        cause: error,
      })
    })
  }
}

/** `told`: without the password that is in it. */
type Statement = { text: string; told?: string }

async function missingRoles(client: pg.Client): Promise<Statement[]> {
  const { rows } = await client.query<{ rolname: string }>(
    'SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)',
    [ROLES],
  )
  return ROLES.filter((role) => !rows.some(({ rolname }) => rolname === role)).map((role) => ({
    text: `CREATE ROLE ${role} LOGIN`,
  }))
}

function loginsFor(client: pg.Client, logins: Logins): Statement[] {
  return ROLES.flatMap((role) => {
    if (logins[role] === undefined) return []
    const { username, password } = new URL(logins[role])
    const user = client.escapeIdentifier(decodeURIComponent(username))
    const secret = client.escapeLiteral(decodeURIComponent(password))
    return [
      ...(username === role
        ? []
        : [{ text: `CREATE ROLE ${user} LOGIN` }, { text: `GRANT ${role} TO ${user}` }]),
      { text: `ALTER ROLE ${user} PASSWORD ${secret}`, told: `ALTER ROLE ${user} PASSWORD '…'` },
    ]
  })
}

/** The same database, as one of its roles. */
export function urlAs(role: Role, databaseUrl: string, password = ''): string {
  const url = new URL(databaseUrl)
  url.username = role
  url.password = password
  return url.href
}
