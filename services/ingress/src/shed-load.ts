import { fastifyUnderPressure } from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import type { Metrics } from './metrics.ts'

// A webhook that would be answered late is better answered now: WhatsApp counts it as failed after 5 s either way.
const EVENT_LOOP_DELAY_MS_MAX = 1_000
// Of what the container may use. Bodies are refused before they are read.
const MEMORY_SHARE = 0.85
const SAMPLE_MS = 500

/** Answers 503 to everything but questions after its health while there is more to do than can be done in time. */
export async function shedLoad(app: FastifyInstance, metrics: Pick<Metrics, 'requests'>): Promise<void> {
  await app.register(fastifyUnderPressure, {
    maxEventLoopDelay: EVENT_LOOP_DELAY_MS_MAX,
    maxRssBytes: process.constrainedMemory() * MEMORY_SHARE, // 0: there is no limit
    sampleInterval: SAMPLE_MS,
    pressureHandler({ method }, reply) {
      if (method !== 'POST') return
      metrics.requests.inc({ outcome: 'too busy' })
      reply.code(503).header('retry-after', '1').send({ error: 'try again' })
    },
  })
}
