import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { sandboxDrivers } from './sandbox-drivers.ts'
import { COMMON, DEFAULT_SCALE, READS, SERVICES } from './services.ts'

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string) => readFileSync(`${CHECKOUT}/${path}`, 'utf8')

// They end when they have done what they are for.
const ONE_SHOT = ['migrate', 'broker', 'seed', 'faq']

const service = z.object({
  profiles: z.array(z.string()).default([]),
  image: z.string().optional(),
  depends_on: z.record(z.string(), z.unknown()).default({}),
  build: z.object({ args: z.object({ SERVICE: z.string() }) }).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  networks: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]),
  deploy: z
    .object({
      replicas: z.number().default(1),
      resources: z.object({ limits: z.object({ memory: z.string() }) }).optional(),
    })
    .default({ replicas: 1 }),
})
const compose = z
  .object({ services: z.record(z.string(), service), networks: z.record(z.string(), z.unknown()) })
  .parse(parse(read('docker-compose.yml'), { merge: true }))
const all = Object.entries(compose.services)
const ours = all.filter(([, it]) => it.build || it.image?.startsWith('waybill-'))

describe('docker-compose.yml', () => {
  it('runs every service, as many as npm start', () => {
    const scale = Object.fromEntries(SERVICES.map((name) => [name, compose.services[name]?.deploy.replicas]))
    expect(scale).toEqual(DEFAULT_SCALE)
  })

  it.each(Object.entries(READS))('gives %s the variables that it reads, and no others', (name, variables) => {
    const given = Object.keys(compose.services[name]?.environment ?? {})
    expect(given.sort()).toEqual([...COMMON, ...variables].sort())
  })

  it.each(ours)('S28: %s runs without rights', (_name, it) => {
    expect(it).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      deploy: { resources: { limits: { memory: expect.any(String) } } },
    })
  })

  it('S23: gives every service a user of its own at RabbitMQ, and the broker the same ones', () => {
    const connecting = Object.entries(READS).flatMap(([name, it]) => (it.includes('AMQP_URL') ? [name] : []))
    const urls = connecting.map(
      (name) => [name, String(compose.services[name]?.environment.AMQP_URL)] as const,
    )
    for (const [name, url] of urls)
      expect(url).toMatch(new RegExp(`^amqp://${name}:\\$\\{RABBITMQ_${name.toUpperCase()}_`))
    expect(compose.services.broker?.environment).toMatchObject(
      Object.fromEntries(urls.map(([name, url]) => [`AMQP_URL_${name.toUpperCase()}`, url])),
    )
  })

  it('has every queue on every node of the cluster, whenever they come', () => {
    const nodes = all.flatMap(([name]) => (/^rabbitmq(-\d)?$/.test(name) ? [name] : []))
    expect(nodes).toHaveLength(3)
    expect(Object.keys(compose.services.broker?.depends_on ?? {}).sort()).toEqual(nodes.sort())
    expect(read('infra/rabbitmq/rabbitmq.conf')).toMatch(
      /continuous_membership_reconciliation\.enabled = true\n.*target_group_size = 3\n/,
    )
  })

  it('keeps whom `privacy` has erased from coming back with its next run', () => {
    expect(Object.keys(compose.services.privacy?.depends_on ?? {})).not.toContain('seed')
  })

  it('shows dashboards to who reaches the port, lets nobody change them, and has no password', () => {
    const { grafana } = compose.services
    expect(grafana).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      environment: {
        GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
        GF_AUTH_DISABLE_LOGIN_FORM: 'true',
        GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
      },
    })
    expect(JSON.stringify(grafana?.environment)).not.toMatch(/PASSWORD/)
    const mounted = grafana?.volumes.map((it) => it.split(':').slice(0, 2)) ?? []
    expect(mounted.every(([path = '']) => existsSync(`${CHECKOUT}/${path}`))).toBe(true)
    // What is provisioned is what is mounted.
    const { providers } = parse(read('infra/grafana/provisioning/dashboards/waybill.yaml'))
    expect(mounted).toContainEqual(['./infra/grafana/dashboards', providers[0].options.path])
    const [home] = readdirSync(`${CHECKOUT}/infra/grafana/dashboards`).filter((it) =>
      String(grafana?.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH).endsWith(`/${it}`),
    )
    expect(home).toBe('waybill-operations.json')
  })

  it('publishes ports on loopback only, of the front door, the phone and what shows metrics and traces', () => {
    const published = all.filter(([, it]) => it.ports.length > 0)
    expect(published.map(([name]) => name).sort()).toEqual([
      'alertmanager',
      'grafana',
      'jaeger',
      'nginx',
      'prometheus',
      'sandbox',
    ])
    for (const port of published.flatMap(([, it]) => it.ports)) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it('keeps the servers on a network without a way out', () => {
    expect(compose.networks.back).toEqual({ internal: true })
    for (const name of ['postgres', 'redis', 'rabbitmq']) {
      const networks = compose.services[name]?.networks ?? {}
      expect(Array.isArray(networks) ? networks : Object.keys(networks)).toEqual(['back'])
    }
  })

  it('has traces for those who want them, at the address that .env.example names', () => {
    const { 'otel-collector': collector, jaeger } = compose.services
    expect([collector, jaeger]).toMatchObject(Array(2).fill({ profiles: ['observability'], read_only: true }))
    expect(read('.env.example')).toContain('http://otel-collector:4318')
    const port = z.object({ endpoint: z.string() })
    const { receivers, exporters } = z
      .object({
        receivers: z.object({ otlp: z.object({ protocols: z.object({ http: port }) }) }),
        exporters: z.object({ otlp: port }),
      })
      .parse(parse(read('infra/otel/collector.yaml')))
    expect([receivers.otlp.protocols.http.endpoint, exporters.otlp.endpoint]).toEqual([
      ...['0.0.0.0:4318', 'jaeger:4317'],
    ])
  })

  it('seeds the drivers whom the sandbox plays', () => {
    const played = sandboxDrivers().filter(({ id }) => !id.startsWith('driver-load'))
    expect(JSON.parse(read('infra/compose/drivers.json'))).toEqual(JSON.parse(JSON.stringify(played)))
  })
})

describe('docker-compose.one-box.yml', () => {
  const override = z
    .object({
      services: z.record(
        z.string(),
        z.object({ profiles: z.array(z.string()).default([]), deploy: service.shape.deploy }),
      ),
    })
    .parse(parse(read('docker-compose.one-box.yml')))
  const running = all
    .filter(([name, it]) => !ONE_SHOT.includes(name) && it.profiles.length === 0)
    .map(([name]) => ({ name, ...override.services[name] }))
    .filter(({ profiles = [] }) => profiles.length === 0)

  it('runs one of each within 1.5 GB', () => {
    expect(running.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(READS)))
    for (const { name, deploy } of running)
      expect({ name, replicas: deploy?.replicas }).toEqual({ name, replicas: 1 })
    const bytes = running.map(
      ({ name, deploy }) => mebibytes(name, deploy?.resources?.limits.memory) * 2 ** 20,
    )
    expect(bytes.reduce((sum, it) => sum + it, 0)).toBeLessThan(1.5e9)
  })
})

function mebibytes(name: string, limit = 'nothing'): number {
  const [, digits] = /^(\d+)m$/.exec(limit) ?? []
  if (digits === undefined) throw new Error(`${name} may use ${limit}`)
  return Number(digits)
}
