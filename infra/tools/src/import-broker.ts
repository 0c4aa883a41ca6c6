import { brokerDefinitions } from '@waybill/messaging'

type User = { name: string; password: string }

/**
 * Brings the broker what the contracts name, and the users of roles, with their rights and passwords as they are now. Safe
 * to run twice, and while the system runs. `managementUrl` has the name and password of an administrator. Resolves with the
 * names of the users.
 */
export async function importBroker(
  managementUrl: string,
  vhost: string,
  users: ReadonlyMap<string, User>,
): Promise<string[]> {
  const definitions = brokerDefinitions(vhost, users)
  const answer = await askBroker(managementUrl, 'POST', 'definitions', definitions)
  // What it answers may repeat what it was sent.
  if (!answer.ok) throw new Error(`RabbitMQ did not take its definitions: it answered ${answer.status}`)
  return definitions.users.map(({ name }) => name)
}

const ANSWER_MS_MAX = 30_000

/** Asks RabbitMQ's management, at the URL of an administrator. */
export function askBroker(
  managementUrl: string,
  method: string,
  path: string,
  body?: object,
): Promise<Response> {
  const { origin, username, password } = new URL(managementUrl)
  const login = btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)
  return fetch(`${origin}/api/${path}`, {
    method,
    headers: { authorization: `Basic ${login}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  })
}

const PREFIX = 'AMQP_URL_'

/** The users whom services are given: `AMQP_URL_INGRESS` and so on, as they get it. */
export function usersIn(env: NodeJS.ProcessEnv): { vhost: string; users: Map<string, User> } {
  const urls = Object.entries(env).flatMap(([name, url]) =>
    name.startsWith(PREFIX) && url
      ? [{ role: name.slice(PREFIX.length).toLowerCase(), url: new URL(url) }]
      : [],
  )
  const vhosts = new Set(urls.map(({ url }) => decodeURIComponent(url.pathname.slice(1)) || '/'))
  const [vhost] = vhosts
  if (vhost === undefined || vhosts.size > 1)
    throw new Error(`${PREFIX}INGRESS and so on are not set, or name several virtual hosts`)
  const users = urls.map(({ role, url: { username, password } }) => {
    const user = { name: decodeURIComponent(username), password: decodeURIComponent(password) }
    return [role, user] as const
  })
  return { vhost, users: new Map(users) }
}
