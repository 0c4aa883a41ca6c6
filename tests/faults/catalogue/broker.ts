import { setTimeout as delay } from 'node:timers/promises'
import { conversationReady } from '@waybill/contracts'
import { connectMessaging } from '@waybill/messaging'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import type { FaultStack } from '../fault-stack.ts'
import { again, type Fault, type Injection } from './fault.ts'

const isRefused: Fault['expects'] = ({ refused }) => (refused > 0 ? undefined : 'nothing was refused')
const CUT_MS = 3_000
const HINTS = 1_000
const WAITING_MAX = 50
const FULL_MS_MIN = 8_000

/** An alarm of the broker: it stops reading from publishers. */
async function alarmed(system: FaultStack, { step, holdMs }: Injection, on: string[], off: string[]) {
  step(`rabbitmqctl ${on.join(' ')}`)
  await system.servers.rabbitmqctl(...on)
  await delay(holdMs)
  await system.servers.rabbitmqctl(...off)
}

export const BROKER_FAULTS: readonly Fault[] = [
  {
    name: 'stop-broker',
    what: 'RabbitMQ is stopped and started as for an upgrade',
    async inject({ servers }, { step, holdMs }) {
      step('rabbitmqctl stop_app')
      await servers.rabbitmqctl('stop_app')
      await delay(holdMs)
      await servers.rabbitmqctl('start_app')
    },
    expects: isRefused,
  },
  {
    name: 'kill-broker',
    what: 'RabbitMQ is killed',
    async inject({ servers }, { step, holdMs }) {
      step('kill -9 rabbitmq')
      await servers.kill('rabbitmq', 'SIGKILL')
      await delay(holdMs)
      await servers.restart('rabbitmq')
    },
    expects: isRefused,
  },
  {
    name: 'close-connections',
    what: 'every connection to RabbitMQ is closed, again and again',
    inject: ({ servers }, injection) =>
      again(CUT_MS, injection, () => {
        injection.step('rabbitmqctl close_all_connections')
        return servers.rabbitmqctl('close_all_connections', 'fault')
      }),
  },
  {
    name: 'lose-confirms',
    what: 'RabbitMQ takes what ingress publishes, and its confirms are lost',
    async inject({ lines }, { step, holdMs }) {
      step('drop what RabbitMQ says to ingress')
      lines.ingressAmqp.set({ dropDown: true })
      await delay(holdMs)
      lines.ingressAmqp.set({})
      lines.ingressAmqp.resetAll()
    },
    expects: isRefused,
  },
  {
    name: 'slow-broker',
    what: 'RabbitMQ answers 300 to 500 ms late',
    async inject({ lines }, { step, holdMs }) {
      step('slow the lines to RabbitMQ')
      for (const line of [lines.amqp, lines.ingressAmqp]) line.set({ latencyMs: 300, jitterMs: 200 })
      await delay(holdMs)
      for (const line of [lines.amqp, lines.ingressAmqp]) line.set({})
    },
  },
  {
    name: 'disk-alarm',
    what: 'the disk of RabbitMQ is full: it takes nothing',
    inject: (system, injection) =>
      alarmed(system, injection, ['set_disk_free_limit', '1000000GB'], ['set_disk_free_limit', '50MB']),
    expects: isRefused,
  },
  {
    name: 'memory-alarm',
    what: 'the memory of RabbitMQ is full: it takes nothing',
    inject: (system, injection) =>
      alarmed(
        system,
        injection,
        ['set_vm_memory_high_watermark', 'absolute', '50MB'],
        ['set_vm_memory_high_watermark', '0.4'],
      ),
    expects: isRefused,
  },
  {
    name: 'fill-queue',
    what: 'the queue of webhooks is full, because nobody records',
    async inject({ servers, processesOf }, { step, holdMs }) {
      step(`freeze all intakes; ${WAITING_MAX} webhooks may wait`)
      const limit = JSON.stringify({ 'max-length': WAITING_MAX, overflow: 'reject-publish' })
      await servers.rabbitmqctl('set_policy', 'full', '^intake.webhook-received$', limit)
      await Promise.all(processesOf('intake').map((it) => it.kill('SIGSTOP')))
      // What an intake has in hand does not count.
      await delay(Math.max(holdMs, FULL_MS_MIN))
      await Promise.all(processesOf('intake').map((it) => it.kill('SIGCONT')))
      await servers.rabbitmqctl('clear_policy', 'full')
    },
    expects: isRefused,
  },
  {
    name: 'repeat-hints',
    what: `${HINTS} hints at one conversation`,
    async inject({ servers, pool }, { random, step }) {
      const { rows } = await pool.query<{ id: string }>('SELECT id FROM conversations ORDER BY id')
      const conversationId = random.one(rows).id
      step(`${HINTS} hints`)
      await using messaging = await connectMessaging({
        url: servers.amqpUrl,
        name: 'faults',
        log: pino({ level: 'silent' }),
        registry: new Registry(),
        contracts: [conversationReady],
      })
      await Promise.all(
        Array.from({ length: HINTS }, () => messaging.publish(conversationReady, { conversationId })),
      )
    },
  },
]
