import { createLogger, createRegistry, startOpsServer } from '@waybill/service-kit'
import { startTracing } from '@waybill/tracing'
import { loadClassifiers } from './classifier/classifiers.ts'
import type { Config } from './config.ts'
import type { Judge, JudgeDeps } from './judge/judge.ts'
import { createLook } from './look.ts'
import { createMetrics } from './metrics.ts'
import { watchPolicies } from './policy/watch-policies.ts'
import { BODY_BYTES_MAX } from './routes/contract.ts'
import { refusalOf } from './routes/refuse.ts'
import { registerRoutes } from './routes/register-routes.ts'

export async function startService(config: Config): Promise<AsyncDisposable & { url: string }> {
  await using opened = new AsyncDisposableStack()
  const identity = { service: 'guardrails', instance: config.instance }
  const log = createLogger({ ...identity, ...config.log })
  opened.use(await startTracing({ ...identity, ...config.tracing, log }))
  const registry = createRegistry(identity)
  const metrics = createMetrics(registry)
  const judge = config.judge && opened.use(await openJudge({ config: config.judge, registry, metrics, log }))
  const { policyOf } = opened.use(
    await watchPolicies({ dir: config.policyDir, hasJudge: judge !== undefined, metrics, log }),
  )
  const server = opened.use(
    await startOpsServer({
      ...config.http,
      registry,
      isReady: () => true,
      server: { bodyLimit: BODY_BYTES_MAX, exposeHeadRoutes: false },
      refusalOf,
      register: (app) =>
        registerRoutes(app, {
          token: config.token,
          look: createLook(loadClassifiers()),
          judge,
          policyOf,
          metrics,
          log,
        }),
    }),
  )
  return Object.assign(opened.move(), { url: server.url })
}

/** Its client takes 30 MB: only where there is one. */
async function openJudge(deps: JudgeDeps): Promise<Judge> {
  const { createJudge } = await import('./judge/judge.ts')
  return createJudge(deps)
}
