import { randomUUID } from 'node:crypto'
import { serverUrls } from './server-urls.ts'

/** A RabbitMQ virtual host of its own, deleted at the end together with its connections and queues. */
export async function freshVhost(): Promise<{ url: string; name: string } & AsyncDisposable> {
  const name = `test-${randomUUID()}`
  const url = new URL(serverUrls().amqp)
  await manageBroker('PUT', `vhosts/${name}`)
  await manageBroker('PUT', `permissions/${name}/${url.username}`, {
    configure: '.*',
    write: '.*',
    read: '.*',
  })
  url.pathname = `/${name}`
  return { url: url.href, name, [Symbol.asyncDispose]: () => manageBroker('DELETE', `vhosts/${name}`) }
}

/** Asks the management of the shared broker: its users are everybody's, so name them after the test run. */
export async function manageBroker(method: string, path: string, body: object = {}): Promise<void> {
  const { origin, username, password } = new URL(serverUrls().rabbitmqManagement)
  const answer = await fetch(`${origin}/api/${path}`, {
    method,
    headers: {
      authorization: `Basic ${btoa(`${username}:${password}`)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  if (!answer.ok)
    throw new Error(`${method} ${path}: RabbitMQ answered ${answer.status} ${await answer.text()}`)
}
