import { createLogger, createRegistry, startOpsServer } from '@waybill/service-kit'
import type { Config } from './config.ts'
import { readFleet } from './fleet.ts'
import { registerSandbox } from './register-sandbox.ts'
import { createWorld } from './world.ts'

export async function startService(config: Config): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  const identity = { service: 'sandbox', instance: config.instance }
  const log = createLogger({ ...identity, ...config.log })
  const registry = createRegistry(identity)
  const world = createWorld({ ...config.world, fleet: readFleet(config.fleetPath), log })

  const server = opened.use(
    await startOpsServer({
      ...config.http,
      registry,
      isReady: () => true,
      register: (app) => registerSandbox(app, world),
    }),
  )
  log.info({ url: server.url, webhookUrl: config.world.webhookUrl }, 'the sandbox is open')
  opened.use(world) // disposed before the server, whose close waits for calls that hang
  return opened.move()
}
