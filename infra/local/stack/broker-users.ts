import { randomBytes } from 'node:crypto'
import { askBroker, importBroker } from '@waybill/tools'
import { SERVICES, type ServiceName } from './services.ts'

type Urls = { amqpUrl: string; rabbitmqManagementUrl: string }

export type BrokerUsers = AsyncDisposable & {
  /** The same URL, with the user of a service. */
  urlFor(service: ServiceName, amqpUrl: string): string
}

/** A user for every service, and all queues. The users go when it is disposed. */
export async function createBrokerUsers({ amqpUrl, rabbitmqManagementUrl }: Urls): Promise<BrokerUsers> {
  const vhost = decodeURIComponent(new URL(amqpUrl).pathname.slice(1)) || '/'
  // Users are the whole broker's, which several stacks may share.
  const nameOf = (service: string) => (vhost === '/' ? service : `${service}.${vhost}`)
  const users = new Map(
    SERVICES.map((it) => [it, { name: nameOf(it), password: randomBytes(16).toString('hex') }]),
  )
  await importBroker(rabbitmqManagementUrl, vhost, users)

  return {
    urlFor(service, url) {
      const { name: username = '', password = '' } = users.get(service) ?? {}
      return Object.assign(new URL(url), { username, password }).href
    },
    async [Symbol.asyncDispose]() {
      // A broker that is gone keeps them, and nobody their passwords.
      for (const { name } of users.values())
        await askBroker(rabbitmqManagementUrl, 'DELETE', `users/${name}`).catch(() => {})
    },
  }
}
