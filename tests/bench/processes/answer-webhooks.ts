import { createRegistry, startOpsServer } from '@waybill/service-kit'
import { pino } from 'pino'
import { createMetrics } from '../../../services/ingress/src/metrics.ts'
import { receiveWebhook } from '../../../services/ingress/src/receive-webhook.ts'
import { SERVER } from '../../../services/ingress/src/service.ts'
import { shedLoad } from '../../../services/ingress/src/shed-load.ts'
import { answerJobs } from './answer-jobs.ts'

/** The ingress without its broker: it checks, and answers 200 without keeping anything. */
answerJobs(async ({ appSecret }: { appSecret: string }) => {
  const registry = createRegistry({ service: 'ingress', instance: 'bare' })
  const metrics = createMetrics(registry)
  const { url } = await startOpsServer({
    ...{ host: '127.0.0.1', port: 0, registry },
    isReady: () => true,
    server: SERVER,
    async register(app) {
      await shedLoad(app, metrics)
      receiveWebhook(app, {
        ...{ appSecrets: [appSecret], ingressId: 'bare', metrics },
        log: pino({ level: 'silent' }),
        publish: async () => {},
      })
    },
  })
  return { url }
})
