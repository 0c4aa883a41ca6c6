import { webhookReceived } from '@waybill/contracts'
import { z } from 'zod'
import { alternate } from '../alternate.ts'
import { benchStack, originOf } from '../bench-stack.ts'
import type { Measure } from '../measure.ts'
import { median } from '../percentiles.ts'
import { cpuMsOf } from '../process-usage.ts'
import type { ConfirmJob } from '../processes/confirm-closely.ts'
import type { RequestJob } from '../processes/request-closely.ts'
import { startProcess } from '../start-process.ts'
import { sampleWebhooks, signedHeaders } from '../webhooks.ts'

const CONNECTIONS = 50
const SECONDS = 4
const ROUNDS = 3
const RATIO_MIN = 0.85

const rateSchema = z.object({ perSecond: z.number() })
const requestedSchema = rateSchema.extend({ done: z.number(), failed: z.number() })

/** How many webhooks one ingress keeps, beside one that keeps nothing and a publisher that receives nothing. */
export const durableAcks: Measure = {
  id: 'B1',
  title: 'webhooks that one ingress acknowledges',
  async run({ share }) {
    await using system = await benchStack({})
    const [ingress] = system.processesOf('ingress')
    if (!ingress) throw new Error('there is no ingress')
    const bodies = sampleWebhooks(system.number)
    const posts = bodies.map((body) => ({ body, headers: signedHeaders(system.number, body) }))
    const load = { path: '/webhook', connections: CONNECTIONS, seconds: SECONDS * share, posts }

    using generator = startProcess<RequestJob, z.output<typeof requestedSchema>>(
      'request-closely',
      requestedSchema,
    )
    using publisher = startProcess<ConfirmJob, z.output<typeof rateSchema>>('confirm-closely', rateSchema)
    using keepsNothing = startProcess<{ appSecret: string }, { url: string }>(
      'answer-webhooks',
      z.object({ url: z.string() }),
    )
    const { url } = await keepsNothing.ask({ appSecret: system.number.appSecret })
    const publishing = {
      amqpUrl: system.stack.description.amqp,
      routingKey: webhookReceived.routingKey,
      ...{ inFlight: CONNECTIONS, bodies },
    }
    let lastAcked = 0
    let cpuMs = 0
    let kept = 0

    const seen = await alternate(Math.ceil(ROUNDS * share), {
      async acked() {
        const before = cpuMsOf(ingress.pid)
        const { perSecond, done, failed } = await generator.ask({ ...load, url: originOf(ingress) })
        if (failed > 0) throw new Error(`${failed} webhooks were not acknowledged`)
        cpuMs += cpuMsOf(ingress.pid) - before
        kept += done
        await system.broker.purge(webhookReceived)
        lastAcked = Math.round(perSecond)
        return perSecond
      },
      answered: async () => (await generator.ask({ ...load, url })).perSecond,
      /** While as many webhooks are received, and not kept, beside it: what both do takes from the same cores. */
      async confirmed() {
        const [{ perSecond }] = await Promise.all([
          publisher.ask({ ...publishing, seconds: load.seconds }),
          generator.ask({ ...load, url, overallRate: lastAcked }),
        ])
        await system.broker.purge(webhookReceived)
        return perSecond
      },
      async alone() {
        const { perSecond } = await publisher.ask({ ...publishing, seconds: load.seconds })
        await system.broker.purge(webhookReceived)
        return perSecond
      },
    })
    const bare = { answered: median(seen('answered')), confirmed: median(seen('confirmed')) }
    const ceiling =
      bare.answered < bare.confirmed
        ? { what: 'the same, keeping nothing', value: bare.answered }
        : { what: 'bare publisher, as many received beside it', value: bare.confirmed }
    const value = median(seen('acked'))
    return [
      {
        id: 'B1',
        measure: `webhooks acknowledged, one ingress, ${CONNECTIONS} connections`,
        ...{ value, unit: '/s', ceiling, ratio: value / ceiling.value },
        ...{ target: `≥ ${RATIO_MIN}`, met: value / ceiling.value >= RATIO_MIN },
        notes: [
          `bodies of ${bodies.map((body) => body.length).join(' and ')} bytes in turn; straight to the process, without NGINX`,
          `keeping nothing: ${Math.round(bare.answered)}/s; bare publisher: ${Math.round(bare.confirmed)}/s while as many webhooks are received beside it, ${Math.round(median(seen('alone')))}/s with the machine to itself`,
          `${(cpuMs / kept).toFixed(3)} ms of CPU per webhook in the ingress`,
        ],
      },
    ]
  },
}
