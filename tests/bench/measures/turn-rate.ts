import { conversationReady, outboundReady } from '@waybill/contracts'
import { eventually } from '@waybill/test-kit'
import type pg from 'pg'
import { z } from 'zod'
import { alternate } from '../alternate.ts'
import { benchStack, originOf } from '../bench-stack.ts'
import type { Measure } from '../measure.ts'
import { median } from '../percentiles.ts'
import { cpuMsOf } from '../process-usage.ts'
import type { BareTurnsJob } from '../processes/take-bare-turns.ts'
import { startProcess } from '../start-process.ts'
import { databaseNow, warmTurnRate } from '../turn-clock.ts'
import { isNobodyWaiting, letDriversWait } from '../waiting-messages.ts'

const TURNS = 3_000
const ROUNDS = 2
const RATIO_MIN = 0.6
/** The assistant's own defaults. */
const IN_FLIGHT = 100
const CONNECTIONS = 10
const WORDS = 'What are my orders today?'
const ORDERS_TOKEN = 'bench-orders-token'

/** The most frequent turn there is, of one assistant that waits for nobody for long. */
export const turnRate: Measure = {
  id: 'B4',
  title: 'turns of one assistant',
  async run({ share }) {
    const count = Math.ceil(TURNS * share)
    await using system = await benchStack({
      drivers: count,
      scale: { guardrails: 1 },
      env: {
        sandbox: { SANDBOX_MODEL_LATENCY_MS: '0', ORDERS_API_TOKEN: ORDERS_TOKEN },
        assistant: { ORDERS_API_TOKEN: ORDERS_TOKEN, RATE_ALL_TURNS_PER_SECOND: '1000000' },
      },
    })
    const { pool, broker, stack, servers } = system
    const [guardrails] = system.processesOf('guardrails')
    if (!guardrails) throw new Error('there are no guardrails')
    let cpuMs = 0
    let bareCpuMs = 0
    let round = 0
    const wait = () => letDriversWait(system, { prefix: `turns-${round++}`, text: () => WORDS })

    const seen = await alternate(Math.ceil(ROUNDS * share), {
      async own() {
        const since = await databaseNow(pool)
        await wait()
        const assistant = await stack.startInstance('assistant')
        const before = cpuMsOf(assistant.pid)
        await eventually(() => isNobodyWaiting(system), { what: 'the turns', timeoutMs: 120_000 })
        cpuMs += cpuMsOf(assistant.pid) - before
        await assistant.remove()
        await broker.purge(outboundReady)
        return warmTurnRate(pool, since)
      },
      async bare() {
        const since = await databaseNow(pool)
        await wait()
        using bareTurns = startProcess<BareTurnsJob, object>('take-bare-turns', z.object({}))
        await bareTurns.ask({
          ...{ amqpUrl: servers.amqpUrl, postgresUrl: servers.postgresUrl, redisUrl: servers.redisUrl },
          ...{ inFlight: IN_FLIGHT, connections: CONNECTIONS, count },
          guardrailsUrl: originOf(guardrails),
          checked: JSON.stringify({ text: WORDS, language: 'en', source: 'driver' }),
          ordersUrl: `${stack.description.urls.sandbox}/orders`,
          ordersToken: ORDERS_TOKEN,
          turn: await leftBehind(pool),
        })
        bareCpuMs += cpuMsOf(bareTurns.pid)
        await Promise.all([broker.purge(outboundReady), broker.purge(conversationReady)])
        return warmTurnRate(pool, since)
      },
    })
    const turns = (count * round) / 2
    const [value, ceiling] = [median(seen('own')), median(seen('bare'))]
    return [
      {
        ...{ id: 'B4', measure: `turns, one assistant, ${IN_FLIGHT} in flight`, value, unit: '/s' },
        ceiling: { what: 'its round trips, bare', value: ceiling },
        ...{ ratio: value / ceiling, target: `≥ ${RATIO_MIN}`, met: value / ceiling >= RATIO_MIN },
        notes: [
          `“${WORDS}”: two statements and a commit in PostgreSQL, five commands in Redis, a check of the guardrails, the order system, a confirmed hint; understood from the cache. Of each run the last two thirds count`,
          `${(cpuMs / turns).toFixed(2)} ms of CPU per turn in the assistant, ${(bareCpuMs / turns).toFixed(2)} ms in the bare process with its start`,
        ],
      },
    ]
  },
}

/** What the assistant's last turn has written, for others to write the same. */
async function leftBehind(pool: pg.Pool): Promise<BareTurnsJob['turn']> {
  const { rows } = await pool.query<{ turn: BareTurnsJob['turn'] }>(
    `SELECT jsonb_build_object('session', t.session, 'commands', '[]'::jsonb,
       'replies', (SELECT jsonb_agg(jsonb_build_object('message', message)) FROM outbound WHERE turn_id = t.id),
       'audit', (SELECT coalesce(jsonb_agg(jsonb_build_object('action', action, 'detail', detail)), '[]') FROM audit WHERE turn_id = t.id),
       'modelCalls', (SELECT coalesce(jsonb_agg(jsonb_build_object('purpose', purpose, 'model', model, 'outcome', outcome,
         'latencyMs', latency_ms)), '[]') FROM model_calls WHERE turn_id = t.id)) AS turn
     FROM turns t ORDER BY committed_at DESC LIMIT 1`,
  )
  const [left] = rows
  if (!left) throw new Error('there was no turn')
  return left.turn
}
