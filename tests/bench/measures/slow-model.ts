import type { Pool } from '@waybill/database'
import { z } from 'zod'
import { benchStack } from '../bench-stack.ts'
import { meterServices } from '../cpu-of-services.ts'
import type { Measure, Result } from '../measure.ts'
import { busyMsOfMachine } from '../process-usage.ts'
import type { KeepAskingJob } from '../processes/keep-asking.ts'
import { startProcess } from '../start-process.ts'

const ASSISTANTS = [1, 2, 4] as const
const IN_FLIGHT_EACH = 100
const LATENCY_MS = 1_000
const SECONDS = 10
const WARM_UP_SECONDS = 4
const RATIO_MIN = 0.95

/** Turns wait on the model and not on the CPU: more assistants, more turns, up to what the machine carries. */
export const slowModel: Measure = {
  id: 'B5',
  title: 'turns with a model that takes a second',
  async run({ share }) {
    await using system = await benchStack({
      drivers: IN_FLIGHT_EACH * Math.max(...ASSISTANTS),
      scale: { guardrails: 1 },
      env: {
        // Of the turns in flight a share may wait for the model: here all of them do, and no process gets as many.
        assistant: { TURNS_IN_FLIGHT: String(4 * IN_FLIGHT_EACH), RATE_ALL_TURNS_PER_SECOND: '1000000' },
      },
    })
    await system.sandbox.setFaults('openrouter', { latencyMs: LATENCY_MS, jitterMs: 0 })
    const results: Result[] = []
    for (const assistants of ASSISTANTS) {
      while (system.processesOf('assistant').length < assistants)
        await system.stack.startInstance('assistant')
      const inFlight = IN_FLIGHT_EACH * assistants
      using drivers = startProcess<KeepAskingJob, { perSecond: number }>(
        'keep-asking',
        z.object({ perSecond: z.number() }),
      )
      const cpu = meterServices(system)
      const busyBefore = busyMsOfMachine()
      const since = performance.now()
      const { perSecond } = await drivers.ask({
        ...{ amqpUrl: system.servers.amqpUrl, postgresUrl: system.servers.postgresUrl },
        phoneNumberId: system.number.phoneNumberId,
        phones: system.drivers.slice(0, inFlight).map(({ phone }) => phone),
        ...{ warmUpSeconds: WARM_UP_SECONDS * share, seconds: SECONDS * share },
      })
      const tookSeconds = (performance.now() - since) / 1_000
      const busyCores = (busyMsOfMachine() - busyBefore) / 1_000 / tookSeconds
      const ceiling = (inFlight * 1_000) / LATENCY_MS
      results.push({
        id: 'B5',
        measure: `turns that ask a model for 1 s, assistants: ${assistants}`,
        value: perSecond,
        unit: '/s',
        ceiling: { what: `${inFlight} in flight ÷ 1 s`, value: ceiling },
        ...{ ratio: perSecond / ceiling, target: `≥ ${RATIO_MIN}`, met: perSecond / ceiling >= RATIO_MIN },
        notes: [
          `assistants: ${assistants}: ${busyCores.toFixed(1)} cores were busy; ${cpu(perSecond * tookSeconds)}`,
        ],
      })
    }
    const calls = await callsPerTurn(system.pool)
    results[0]?.notes?.push(
      `a driver writes again as soon as his reply is committed; ${calls.toFixed(2)} calls of the model in a turn`,
    )
    return results
  },
}

async function callsPerTurn(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ calls: number }>(
    `SELECT (SELECT count(*) FROM model_calls WHERE outcome <> 'unavailable')::float / greatest(1, count(*)) AS calls FROM turns`,
  )
  return rows[0]?.calls ?? 0
}
