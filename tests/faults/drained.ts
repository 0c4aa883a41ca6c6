import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { FaultStack } from './fault-stack.ts'

const queuesSchema = z.array(z.object({ name: z.string(), messages: z.number().default(0) }))

const OPEN_ROWS = `SELECT what, n FROM (
  SELECT 'messages waiting' AS what, count(*) AS n FROM inbound WHERE status = 'waiting'
  UNION ALL SELECT 'replies ' || state, count(*) FROM outbound WHERE state IN ('pending', 'sending', 'unknown') GROUP BY state
  UNION ALL SELECT 'lanes held', count(*) FROM lanes WHERE lease_until > now()
  UNION ALL SELECT 'order commands pending', count(*) FROM order_commands WHERE state = 'pending'
) open WHERE n > 0`

/** What is still on its way; nothing when the system is drained. Dead letters have arrived when they are rows. */
export async function whatIsLeft({ pool, servers }: FaultStack): Promise<string[]> {
  const { rows } = await pool.query<{ what: string; n: string }>(OPEN_ROWS)
  const queues = await queueLengths(servers.rabbitmqManagementUrl)
  return [
    ...rows.map(({ what, n }) => `${n} ${what}`),
    ...queues.flatMap(({ name, messages }) => (messages > 0 ? [`${messages} in ${name}`] : [])),
  ]
}

/** Resolves with what is left after all; nothing when the system was drained twice in a row. */
export async function untilDrained(system: FaultStack, timeoutMs: number): Promise<string[]> {
  const deadline = performance.now() + timeoutMs
  let before = ['never looked']
  for (;;) {
    const left = await whatIsLeft(system).catch((error: unknown) => [String(error)])
    if (left.length === 0 && before.length === 0) return []
    if (performance.now() > deadline) return left
    before = left
    await delay(250)
  }
}

/** As they are now: without the statistics that RabbitMQ collects every five seconds. */
export async function queueLengths(managementUrl: string): Promise<{ name: string; messages: number }[]> {
  const { origin, username, password } = new URL(managementUrl)
  const answer = await fetch(`${origin}/api/queues?disable_stats=true&enable_queue_totals=true`, {
    headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
    signal: AbortSignal.timeout(5_000),
  })
  if (!answer.ok) throw new Error(`RabbitMQ answered ${answer.status}`)
  return queuesSchema.parse(await answer.json())
}
