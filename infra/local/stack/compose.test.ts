import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { sandboxDrivers } from './sandbox-drivers.ts'
import { DEFAULT_SCALE, READS, SERVICES } from './services.ts'

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string) => readFileSync(`${CHECKOUT}/${path}`, 'utf8')

const service = z.object({
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
const ours = all.filter(([, it]) => it.build)

describe('docker-compose.yml', () => {
  it('runs every service, as many as npm start', () => {
    const scale = Object.fromEntries(SERVICES.map((name) => [name, compose.services[name]?.deploy.replicas]))
    expect(scale).toEqual(DEFAULT_SCALE)
  })

  it.each(Object.entries(READS))('gives %s the variables that it reads, and no others', (name, variables) => {
    const given = Object.keys(compose.services[name]?.environment ?? {}).filter((it) => it !== 'LOG_LEVEL')
    expect(given.sort()).toEqual([...variables].sort())
  })

  it.each(ours)('S28: %s runs without rights', (_name, it) => {
    expect(it).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      deploy: { resources: { limits: { memory: expect.any(String) } } },
    })
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

  it('publishes ports on loopback only, of the front door, the phone and what shows metrics', () => {
    const published = all.filter(([, it]) => it.ports.length > 0)
    expect(published.map(([name]) => name).sort()).toEqual([
      'alertmanager',
      'grafana',
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

  it('seeds the drivers whom the sandbox plays', () => {
    const played = sandboxDrivers().filter(({ id }) => !id.startsWith('driver-load'))
    expect(JSON.parse(read('infra/compose/drivers.json'))).toEqual(JSON.parse(JSON.stringify(played)))
  })
})
