import { execFile } from 'node:child_process'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { CHECKOUT, type ServerUrls } from '@waybill/local'
import { Redis } from 'ioredis'
import pg from 'pg'
import { z } from 'zod'

/** What a number was measured on; nothing that says whose it is. */
export type Machine = {
  cpu: string
  cores: number
  memoryGb: number
  /** Of the last minute: what else it had to do. */
  loadAverage: number
  versions: Record<string, string>
}

export async function describeMachine(servers: ServerUrls): Promise<Machine> {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    loadAverage: loadavg()[0] ?? 0,
    versions: {
      Linux: release(),
      Node: process.versions.node,
      PostgreSQL: await postgresVersion(servers.postgresUrl),
      RabbitMQ: await rabbitmqVersion(servers.rabbitmqManagementUrl),
      Redis: await redisVersion(servers.redisUrl),
    },
  }
}

/** Of this checkout, marked when something in it is not committed. */
export async function describeCommit(): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['-C', CHECKOUT, 'describe', '--always', '--dirty'])
  return stdout.trim()
}

async function postgresVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ version: string }>(
    `SELECT split_part(current_setting('server_version'), ' ', 1) AS version`,
  )
  await client.end()
  return rows[0]?.version ?? ''
}

async function redisVersion(url: string): Promise<string> {
  const redis = new Redis(url)
  const info = await redis.info('server')
  redis.disconnect()
  return /redis_version:(\S+)/.exec(info)?.[1] ?? ''
}

async function rabbitmqVersion(url: string): Promise<string> {
  const { origin, username, password } = new URL(url)
  const answer = await fetch(`${origin}/api/overview`, {
    headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
  })
  return z.object({ rabbitmq_version: z.string() }).parse(await answer.json()).rabbitmq_version
}
