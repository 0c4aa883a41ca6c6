import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { startServers } from '@waybill/local'
import { sharedServers } from './shared-servers.ts'

/** Jest's globalSetup: one set of servers for the whole run, unless the environment names one already. */
export default async function startSharedServers(): Promise<void> {
  if (env.TEST_POSTGRES_URL) return
  const servers = await startServers({
    dir: join(tmpdir(), `waybill-test-${randomUUID()}`),
    log: () => {},
    isThrowaway: true,
  })
  sharedServers.running = servers
  env.TEST_POSTGRES_URL = servers.postgresUrl
  env.TEST_REDIS_URL = servers.redisUrl
  env.TEST_AMQP_URL = servers.amqpUrl
  env.TEST_RABBITMQ_MANAGEMENT_URL = servers.rabbitmqManagementUrl
}
