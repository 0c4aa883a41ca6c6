import { type BrokerRole, EXCHANGE, QUEUES, ROLES } from '@waybill/contracts'
import { asideExchangeOf, bindingsOf, deadLetterQueueOf, queuesOf } from './topology.ts'

/** With an empty hash, nobody can log in. */
type User = { name: string } & ({ password: string } | { password_hash: '' })

/**
 * What RabbitMQ imports: the exchanges, queues and bindings of all contracts, and for every role that is given a user, a
 * user who may do what the role does, and nothing else. https://www.rabbitmq.com/docs/definitions
 */
export function brokerDefinitions(vhost: string, users: ReadonlyMap<string, User>) {
  const roles = Object.entries(ROLES).flatMap(([name, role]) => {
    const user = users.get(name)
    return user ? [{ role, user }] : []
  })
  const exchange = { vhost, durable: true, auto_delete: false, internal: false, arguments: {} }
  return {
    users: roles.map(({ user }) => ({ ...user, tags: '' })),
    permissions: roles.map(({ role, user }) => ({ user: user.name, vhost, ...rightsOf(role) })),
    // On routing keys. Without any, a user may publish what he likes to an exchange that he may write to.
    topic_permissions: roles.map(({ role: { publishes }, user }) => ({
      ...{ user: user.name, vhost, exchange: EXCHANGE, read: NOTHING },
      write: oneOf(publishes.map(({ routingKey }) => routingKey)),
    })),
    exchanges: [
      { name: EXCHANGE, type: 'topic', ...exchange },
      ...QUEUES.map((it) => ({ name: asideExchangeOf(it), type: 'direct', ...exchange })),
    ],
    queues: QUEUES.flatMap((contract) => {
      const { main, aside } = queuesOf(contract)
      return [main, ...aside].map((it) => ({ ...it, vhost, durable: true, auto_delete: false }))
    }),
    bindings: QUEUES.flatMap(bindingsOf).map(({ exchange: source, queue, routingKey }) => ({
      source,
      vhost,
      destination: queue,
      destination_type: 'queue',
      routing_key: routingKey,
      arguments: {},
    })),
  }
}

/** Regular expressions on the names of exchanges and queues. https://www.rabbitmq.com/docs/access-control */
function rightsOf({ publishes, consumes, collects, measures }: BrokerRole) {
  return {
    configure: NOTHING,
    write: oneOf([
      ...(publishes.length > 0 ? [EXCHANGE] : []),
      ...consumes.map(asideExchangeOf),
      // To see its length takes some right to a queue. With this one alone nothing can be written to it.
      ...measures.map(({ queue }) => queue),
    ]),
    read: oneOf([...consumes.map(({ queue }) => queue), ...collects.map(deadLetterQueueOf)]),
  }
}

const NOTHING = '^$'

function oneOf(names: readonly string[]): string {
  return names.length === 0 ? NOTHING : `^(${names.map((it) => it.replaceAll('.', '\\.')).join('|')})$`
}
