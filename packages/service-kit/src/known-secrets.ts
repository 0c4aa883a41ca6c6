/** Passwords, tokens and keys that anybody can read in this repository, or that a server is shipped with. */
export const KNOWN_SECRETS: ReadonlySet<string> = new Set([
  'guest',
  'sandbox-only',
  'sandbox-app-secret',
  'sandbox-verify-token',
  'sandbox-access-token',
  'sandbox-key',
  'sandbox-orders-token',
  'sandbox-order-events-secret',
])

const SECRET_LENGTH_MIN = 16
const HOLDS_SECRET = /_(TOKEN|SECRET|KEY)(_PREVIOUS)?$/
/** They let in whoever reaches them, or know a user that everybody knows, when the URL names none. */
const SERVERS = ['amqp:', 'amqps:', 'postgres:', 'postgresql:', 'redis:', 'rediss:']

/** What keeps a secret from being one, for a sentence that begins with the variable; never with the value. */
export function secretProblem(name: string, value: string): string | undefined {
  if (HOLDS_SECRET.test(name)) return weaknessOf(value)
  if (!URL.canParse(value)) return undefined
  const { protocol, username, password } = new URL(value)
  if (username === 'guest') return 'has the user guest, whom everybody knows'
  if (!SERVERS.includes(protocol) && password === '') return undefined
  const weakness = weaknessOf(decodeURIComponent(password))
  return weakness && `has a password that ${weakness}`
}

function weaknessOf(secret: string): string | undefined {
  if (secret === '') return 'is empty'
  if (KNOWN_SECRETS.has(secret)) return 'everybody can read in the repository'
  return secret.length < SECRET_LENGTH_MIN ? `is shorter than ${SECRET_LENGTH_MIN} characters` : undefined
}
