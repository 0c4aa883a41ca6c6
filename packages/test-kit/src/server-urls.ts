import { env } from 'node:process'

/** Where the servers of this test run are. Jest's global setup sets these. */
export function serverUrls() {
  return {
    postgres: urlFrom('TEST_POSTGRES_URL'),
    redis: urlFrom('TEST_REDIS_URL'),
    amqp: urlFrom('TEST_AMQP_URL'),
    rabbitmqManagement: urlFrom('TEST_RABBITMQ_MANAGEMENT_URL'),
  }
}

function urlFrom(name: string): string {
  const url = env[name]
  if (!url) throw new Error(`${name} is not set: is start-shared-servers.ts the globalSetup of this project?`)
  return url
}
