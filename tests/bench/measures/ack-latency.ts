import { webhookReceived } from '@waybill/contracts'
import { z } from 'zod'
import { alternate } from '../alternate.ts'
import { benchStack, originOf } from '../bench-stack.ts'
import type { Measure, Result } from '../measure.ts'
import { median } from '../percentiles.ts'
import type { Latencies } from '../processes/pace.ts'
import type { PaceConfirmsJob } from '../processes/pace-confirms.ts'
import type { PaceRequestsJob } from '../processes/pace-requests.ts'
import { startProcess } from '../start-process.ts'
import { sampleWebhooks, signedHeaders } from '../webhooks.ts'

const PER_SECOND = 500
const SECONDS = 5
const ROUNDS = 3
const RATIO_MAX = { p50Ms: 1.5, p99Ms: 2 } as const

const latenciesSchema = z.object({ p50Ms: z.number(), p99Ms: z.number() })

/** How long WhatsApp waits for its 200, beside what the confirm in it takes. */
export const ackLatency: Measure = {
  id: 'B2',
  title: 'time to acknowledge a webhook',
  async run({ share }) {
    await using system = await benchStack({})
    const [ingress] = system.processesOf('ingress')
    if (!ingress) throw new Error('there is no ingress')
    const [body] = sampleWebhooks(system.number)
    const rate = { perSecond: PER_SECOND, seconds: SECONDS * share, body }

    using requests = startProcess<PaceRequestsJob, Latencies>('pace-requests', latenciesSchema)
    using confirms = startProcess<PaceConfirmsJob, Latencies>('pace-confirms', latenciesSchema)
    const seen = await alternate(Math.ceil(ROUNDS * share), {
      async acked() {
        const headers = signedHeaders(system.number, body)
        const latencies = await requests.ask({ ...rate, url: `${originOf(ingress)}/webhook`, headers })
        await system.broker.purge(webhookReceived)
        return latencies
      },
      async confirmed() {
        const { routingKey } = webhookReceived
        const latencies = await confirms.ask({ ...rate, routingKey, amqpUrl: system.stack.description.amqp })
        await system.broker.purge(webhookReceived)
        return latencies
      },
    })
    return (['p50Ms', 'p99Ms'] as const).map((which): Result => {
      const value = median(seen('acked').map((it) => it[which]))
      const ceiling = median(seen('confirmed').map((it) => it[which]))
      return {
        id: 'B2',
        measure: `ack at ${PER_SECOND} webhooks/s, ${which.slice(0, 3)}`,
        ...{ value, unit: 'ms', ceiling: { what: 'bare confirmed publish', value: ceiling } },
        ratio: value / ceiling,
        target: `≤ ${RATIO_MAX[which]}`,
        met: value / ceiling <= RATIO_MAX[which],
        notes: ['from the first byte of the request to the last of the answer, with the HTTP of both sides'],
      }
    })
  },
}
