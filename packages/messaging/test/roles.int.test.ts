import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type BrokerRole,
  contractsOf,
  EXCHANGE,
  QUEUES,
  type QueueContract,
  ROLES,
  type RoleName,
  webhookReceived,
} from '@waybill/contracts'
import { eventually, freshVhost, manageBroker } from '@waybill/test-kit'
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { brokerDefinitions, connectMessaging } from '../src/index.ts'
import { bindingsOf, queuesOf } from '../src/topology.ts'

const NAMES = Object.keys(ROLES)
const run = randomUUID().slice(0, 8)
const userOf = (role: string) => ({ name: `${role}.${run}`, password: randomBytes(12).toString('hex') })
const users = new Map(NAMES.map((role) => [role, userOf(role)]))

let vhost: Awaited<ReturnType<typeof freshVhost>>
let model: ChannelModel | undefined

beforeAll(async () => {
  vhost = await freshVhost()
  await manageBroker('POST', 'definitions', brokerDefinitions(vhost.name, users))
})
afterEach(async () => {
  await model?.close()
  model = undefined
})
afterAll(async () => {
  for (const { name } of users.values()) await manageBroker('DELETE', `users/${name}`)
  await vhost[Symbol.asyncDispose]()
})

function urlOf(role: string): string {
  const url = new URL(vhost.url)
  const { name, password } = users.get(role) ?? userOf(role)
  return Object.assign(url, { username: name, password }).href
}

/** `done`, or why the broker has closed the channel. */
async function tryTo(role: string, work: (channel: ConfirmChannel) => Promise<unknown>): Promise<string> {
  model ??= await amqp.connect(urlOf(role), { noDelay: true })
  const channel = await model.createConfirmChannel()
  const { promise: closed, resolve } = Promise.withResolvers<string>()
  channel.on('error', (error: Error) => resolve(error.message))
  try {
    return await Promise.race([work(channel).then(() => 'done'), closed])
  } catch (error) {
    return await Promise.race([closed, Promise.resolve(String(error))])
  } finally {
    await channel.close().catch(() => {})
  }
}

const publish = (exchange: string, routingKey: string) => (channel: ConfirmChannel) =>
  new Promise<void>((resolve, reject) => {
    channel.publish(exchange, routingKey, Buffer.from('{}'), {}, (error: unknown) =>
      error ? reject(error) : resolve(),
    )
  })
const consume = (queue: string) => async (channel: ConfirmChannel) => {
  const { consumerTag } = await channel.consume(queue, () => {})
  await channel.cancel(consumerTag)
}
const refused = expect.stringContaining('ACCESS_REFUSED')
const namesOf = (contracts: readonly QueueContract[], kind: 'main' | 'aside') =>
  contracts.flatMap((it) => {
    const { main, aside } = queuesOf(it)
    return kind === 'main' ? [main.name] : aside.map(({ name }) => name)
  })
const EVERY_QUEUE = [...namesOf(QUEUES, 'main'), ...namesOf(QUEUES, 'aside')]

describe.each(Object.entries<BrokerRole>(ROLES))('the user of %s', (name, role) => {
  const readable = [...namesOf(role.consumes, 'main'), ...role.collects.map(({ queue }) => `${queue}.dead`)]

  it('S23: publishes its own events, and no others', async () => {
    for (const contract of QUEUES) {
      const wanted = role.publishes.includes(contract) ? 'done' : refused
      expect(await tryTo(name, publish(EXCHANGE, contract.routingKey))).toEqual(wanted)
    }
  })

  it('S23: sets aside and retries what it consumes, and writes to no queue past the exchanges', async () => {
    for (const { exchange, routingKey } of QUEUES.flatMap(bindingsOf)) {
      if (exchange === EXCHANGE) continue
      const wanted = namesOf(role.consumes, 'aside').includes(routingKey) ? 'done' : refused
      expect({ routingKey, is: await tryTo(name, publish(exchange, routingKey)) }).toEqual({
        routingKey,
        is: wanted,
      })
    }
    for (const queue of EVERY_QUEUE) expect(await tryTo(name, publish('', queue))).toEqual(refused)
    expect(await tryTo(name, publish('amq.topic', 'any'))).toEqual(refused)
  })

  it('S23: consumes its own queues, and no others', async () => {
    for (const queue of EVERY_QUEUE) {
      const wanted = readable.includes(queue) ? 'done' : refused
      expect({ queue, is: await tryTo(name, consume(queue)) }).toEqual({ queue, is: wanted })
    }
  })

  it('S23: neither declares nor binds nor deletes, and empties nobody else’s queue', async () => {
    const { queue } = webhookReceived
    for (const attempt of [
      (channel: ConfirmChannel) => channel.assertQueue('of-my-own'),
      (channel: ConfirmChannel) => channel.assertQueue('', { exclusive: true }),
      (channel: ConfirmChannel) => channel.assertExchange('of-my-own', 'topic'),
      (channel: ConfirmChannel) => channel.bindQueue(queue, EXCHANGE, '#'),
      (channel: ConfirmChannel) => channel.unbindQueue(queue, EXCHANGE, webhookReceived.routingKey),
      (channel: ConfirmChannel) => channel.deleteQueue(queue),
      (channel: ConfirmChannel) => channel.deleteExchange(EXCHANGE),
    ])
      expect(await tryTo(name, attempt)).toEqual(refused)
    for (const other of EVERY_QUEUE.filter((it) => !readable.includes(it)))
      expect(await tryTo(name, (channel) => channel.purgeQueue(other))).toEqual(refused)
  })

  it('S23: has nothing to do with the management', async () => {
    const { name: user, password } = users.get(name) ?? userOf(name)
    const answer = await fetch(
      `${new URL(process.env.TEST_RABBITMQ_MANAGEMENT_URL ?? '').origin}/api/overview`,
      {
        headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` },
      },
    )
    expect(answer.status).toBe(401)
  })
})

function connect(name: RoleName, url: string, contracts = contractsOf(name)) {
  return connectMessaging({ url, name, log: pino({ level: 'silent' }), registry: new Registry(), contracts })
}

it('S23: a service works with its user: what it consumes is handled, retried and set aside', async () => {
  await using intake = await connect('intake', urlOf('intake'))
  await using dispatch = await connect('dispatch', urlOf('dispatch'))
  await using ingress = await connect('ingress', urlOf('ingress'))
  const dead: string[] = []
  await dispatch.consumeDeadLetters(webhookReceived, { batchMax: 1, waitMs: 1 }, async (batch) => {
    dead.push(...batch.map(({ body }) => body.toString()))
  })
  await intake.consumeBatch(webhookReceived, { batchMax: 1, waitMs: 1 }, async (batch) => {
    for (const { body } of batch) await intake.deadLetter(webhookReceived, body, 'not for us')
  })
  await ingress.publish(webhookReceived, Buffer.from('{"entry":[]}'))
  await eventually(() => dead.includes('{"entry":[]}'), { what: 'the dead letter' })
  expect(intake.isReady()).toBe(true)
})

it('S23: says what to do when a queue is missing that its user may not declare', async () => {
  await using empty = await freshVhost()
  await manageBroker('PUT', `permissions/${empty.name}/${users.get('intake')?.name}`, {
    ...{ configure: '^$', write: '.*', read: '.*' },
  })
  const url = new URL(urlOf('intake'))
  url.pathname = `/${empty.name}`
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) })
  const connecting = connectMessaging({
    ...{ url: url.href, name: 'intake', log, registry: new Registry(), contracts: contractsOf('intake') },
  })
  await eventually(() => lines.some((it) => it.includes('run `broker`')), { what: 'the reason in the log' })
  // Nobody has to restart it.
  await using _admin = await connect('intake', empty.url)
  await using connected = await connecting
  expect(connected.isReady()).toBe(true)
})
