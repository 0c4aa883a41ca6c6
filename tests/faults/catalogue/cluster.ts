import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '@waybill/test-kit'
import { z } from 'zod'
import type { FaultStack } from '../fault-stack.ts'
import type { Fault } from './fault.ts'

const OTHERS = `['waybill@localhost', 'waybill-2@localhost']`
const statusSchema = z.object({ running_nodes: z.array(z.string()) })

/** Waits until the first node sees so many of three. */
async function untilRunning({ servers }: Pick<FaultStack, 'servers'>, count: number) {
  const running = async () =>
    statusSchema.parse(JSON.parse(await servers.rabbitmqctl('cluster_status', '--formatter', 'json')))
      .running_nodes
  await eventually(async () => (await running()).length === count, {
    what: `${count} nodes to run`,
    timeoutMs: 60_000,
  })
}

export const CLUSTER_FAULTS: readonly Fault[] = [
  {
    name: 'kill-node',
    what: 'one of three nodes of RabbitMQ is killed',
    system: 'cluster',
    async inject({ servers }, { random, step, holdMs }) {
      // The first one is asked how the others are.
      const victim = random.one(['rabbitmq-2', 'rabbitmq-3'] as const)
      step(`kill -9 ${victim}`)
      await servers.kill(victim, 'SIGKILL')
      await untilRunning({ servers }, 2)
      await delay(holdMs)
      await servers.restart(victim)
      await untilRunning({ servers }, 3)
    },
  },
  {
    name: 'cut-off-node',
    what: 'one of three nodes of RabbitMQ no longer reaches the others: it pauses, and comes back',
    system: 'cluster',
    async inject({ servers }, { step, holdMs }) {
      const onVictim = (expression: string) =>
        servers.rabbitmqctl('-n', 'waybill-3@localhost', 'eval', expression)
      // A node with another cookie is a stranger.
      step('cut waybill-3 off')
      await onVictim(
        `[begin erlang:set_cookie(N, stranger), erlang:disconnect_node(N) end || N <- ${OTHERS}].`,
      )
      await untilRunning({ servers }, 2)
      await delay(holdMs)
      step('let it back in')
      await onVictim(`[erlang:set_cookie(N, erlang:get_cookie()) || N <- ${OTHERS}].`)
      await untilRunning({ servers }, 3)
    },
  },
]
