import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, it, jest } from '@jest/globals'
import * as contracts from '@waybill/contracts'
import { z } from 'zod'
import { dashboardFiles } from '../../infra/grafana/dashboard-files.ts'
import { COMMON, READS } from '../../infra/local/stack/services.ts'
import { type Manifest, render } from './kubectl.ts'
import { problemsOf, unknownFieldsIn } from './strict-types.ts'

jest.setTimeout(60_000)

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(`${CHECKOUT}/${path}`, 'utf8')

// Kinds of operators that publish no types. Nothing but their names is checked here.
const UNTYPED = ['RabbitmqCluster', 'Cluster', 'ExternalSecret', 'Issuer', 'Certificate']
// kubectl apply keeps what it has applied in an annotation.
const APPLIED_BYTES_MAX = 256 * 1_024
// Their pods are made by operators: they carry these names.
const OPERATED = ['rabbitmq', 'postgres']

const RIGHTS = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}

const labels = z.record(z.string(), z.string())
const container = z.looseObject({
  name: z.string(),
  env: z
    .array(
      z.looseObject({
        name: z.string(),
        valueFrom: z
          .record(
            z.enum(['configMapKeyRef', 'secretKeyRef']),
            z.object({ name: z.string(), key: z.string(), optional: z.boolean().default(false) }).optional(),
          )
          .optional(),
      }),
    )
    .default([]),
  ports: z.array(z.looseObject({ name: z.string(), containerPort: z.number() })).default([]),
})
const workload = z.object({
  spec: z.object({
    replicas: z.number().optional(),
    selector: z.object({ matchLabels: labels }).optional(),
    template: z.object({
      metadata: z.object({ labels }),
      spec: z.looseObject({ containers: z.array(container) }),
    }),
  }),
})
const selecting = z.object({
  spec: z.object({ selector: z.union([z.object({ matchLabels: labels }), labels]) }),
})

const peers = z
  .array(z.looseObject({ podSelector: z.object({ matchLabels: labels.optional() }).optional() }))
  .default([])
const ports = z.array(z.looseObject({ port: z.number() })).default([])
const policy = z.object({
  spec: z.looseObject({
    podSelector: z.object({ matchLabels: labels.optional() }),
    ingress: z.array(z.object({ from: peers, ports })).default([]),
    egress: z.array(z.object({ to: peers, ports })).default([]),
  }),
})
const has = (all: Record<string, string>, wanted: Record<string, string>) =>
  Object.entries(wanted).every(([key, value]) => all[key] === value)

describe.each(['dev', 'prod'])('k8s/overlays/%s', (overlay) => {
  let all: Manifest[]
  const of = (kind: string) => all.filter((it) => it.kind === kind)
  const named = (kind: string, name: string) => of(kind).find((it) => it.metadata.name === name)
  const workloads = () =>
    [...of('Deployment'), ...of('Job')].map((it) => ({ name: it.metadata.name, ...workload.parse(it).spec }))
  beforeAll(() => {
    all = render(overlay)
  })

  it('is what the API takes: types, required fields, formats, and no field too much', async () => {
    const typed = all.filter(({ kind }) => !UNTYPED.includes(kind))
    const problems = await Promise.all(
      typed.map(async (it) => {
        const problem = await problemsOf(it)
        return problem && `${it.kind}/${it.metadata.name}: ${problem}`
      }),
    )
    expect(problems.filter((it) => it !== undefined)).toEqual([])
    expect(unknownFieldsIn(typed)).toBe('')
  })

  it('selects pods that there are', () => {
    const pods = workloads().map(({ template }) => template.metadata.labels)
    const finds = (wanted: Record<string, string>) =>
      pods.some((it) => has(it, wanted)) || OPERATED.includes(wanted['app.kubernetes.io/name'] ?? '')
    const selectors = [
      ...of('Deployment'),
      ...of('Service'),
      ...of('PodDisruptionBudget'),
      ...of('PodMonitor'),
    ]
    for (const it of selectors) {
      const { selector } = selecting.parse(it).spec
      const wanted = labels.parse('matchLabels' in selector ? selector.matchLabels : selector)
      expect({ kind: it.kind, name: it.metadata.name, finds: finds(wanted) }).toMatchObject({ finds: true })
    }
  })

  it('names ports that there are', () => {
    const ports = workloads().flatMap(({ template }) =>
      template.spec.containers.flatMap((it) => it.ports.map(({ name }) => name)),
    )
    const targets = of('Service').flatMap((it) =>
      z
        .object({ spec: z.object({ ports: z.array(z.object({ targetPort: z.string() })) }) })
        .parse(it)
        .spec.ports.map(({ targetPort }) => targetPort),
    )
    expect(ports).toEqual(expect.arrayContaining(targets))
  })

  it('takes every value from a key that is there', () => {
    const data = z.object({ data: z.record(z.string(), z.string()) })
    const external = z.object({ spec: z.object({ data: z.array(z.object({ secretKey: z.string() })) }) })
    const keys = new Map<string, readonly string[]>()
    for (const it of [...of('ConfigMap'), ...of('Secret')])
      keys.set(`${it.kind} ${it.metadata.name}`, Object.keys(data.parse(it).data))
    for (const it of of('ExternalSecret'))
      keys.set(
        `Secret ${it.metadata.name}`,
        external.parse(it).spec.data.map(({ secretKey }) => secretKey),
      )
    const missing = workloads().flatMap(({ name, template }) =>
      template.spec.containers.flatMap(({ env }) =>
        env.flatMap(({ valueFrom }) => {
          const [source] = Object.entries(valueFrom ?? {})
          if (!source?.[1] || source[1].optional) return []
          const kind = source[0] === 'secretKeyRef' ? 'Secret' : 'ConfigMap'
          const found = keys.get(`${kind} ${source[1].name}`)?.includes(source[1].key)
          return found ? [] : [`${name}: ${kind} ${source[1].name} has no ${source[1].key}`]
        }),
      ),
    )
    expect(missing).toEqual([])
  })

  it.each(Object.entries(READS))('gives %s the variables that it reads, and no others', (name, variables) => {
    const service = workloads().find((it) => it.name === name)
    const given = service?.template.spec.containers[0]?.env.map((it) => it.name) ?? []
    const own = given.filter((it) => it !== 'NODE_EXTRA_CA_CERTS')
    expect(own.toSorted()).toEqual([...COMMON, ...variables].toSorted())
  })

  it('S28: runs our containers without rights, and gives them time to stop', () => {
    expect(named('Deployment', 'tools')).toMatchObject({
      spec: {
        replicas: 0,
        template: {
          spec: { automountServiceAccountToken: false, containers: [{ securityContext: RIGHTS }] },
        },
      },
    })
    for (const name of [...Object.keys(READS), 'nginx']) {
      expect(named('Deployment', name)).toMatchObject({
        spec: {
          template: {
            spec: {
              automountServiceAccountToken: false,
              terminationGracePeriodSeconds: 40,
              securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
              containers: [
                {
                  securityContext: RIGHTS,
                  resources: { limits: { memory: expect.any(String) } },
                  readinessProbe: expect.anything(),
                  livenessProbe: expect.anything(),
                },
              ],
            },
          },
        },
      })
    }
  })
})

it('would see an unknown field, and a wrong type', async () => {
  const [service] = render('dev').filter(({ kind }) => kind === 'Service')
  if (!service) throw new Error('there is no service')
  expect(unknownFieldsIn([{ ...service, spec: { selektor: {} } }])).toMatch(/"selektor"' does not exist/)
  expect(await problemsOf({ ...service, spec: { ports: [{ port: 'http' }] } })).toMatch(/port/)
})

describe('production', () => {
  let all: Manifest[]
  const specOf = (kind: string, name: string) =>
    all.find((it) => it.kind === kind && it.metadata.name === name)?.spec
  beforeAll(() => {
    all = render('prod')
  })

  it('scales on queues that the code knows', () => {
    const { triggers, scaleTargetRef } = z
      .object({
        scaleTargetRef: z.object({ name: z.string() }),
        triggers: z.array(z.object({ metadata: z.record(z.string(), z.string()) })),
      })
      .parse(specOf('ScaledObject', 'assistant'))
    expect(Object.keys(READS)).toContain(scaleTargetRef.name)
    const queues = Object.values(contracts).flatMap((it) =>
      typeof it === 'object' && 'queue' in it ? [it.queue] : [],
    )
    const wanted = triggers.flatMap(({ metadata: { queueName } }) => queueName ?? [])
    expect(queues).toEqual(expect.arrayContaining(wanted))
  })

  it('leaves the number of what is scaled to the scaler', () => {
    for (const name of ['assistant', 'guardrails', 'ingress'])
      expect(specOf('Deployment', name)).not.toHaveProperty('replicas')
  })

  it('brings every dashboard to Grafana, as the code builds it, small enough to be applied', () => {
    const brought = all.flatMap((it) => {
      if (it.kind !== 'ConfigMap' || it.metadata.labels.grafana_dashboard !== '1') return []
      const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(it)
      expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(APPLIED_BYTES_MAX)
      return Object.entries(data)
    })
    expect(Object.fromEntries(brought)).toEqual(dashboardFiles())
  })

  it('S29: closes everything, and opens it per service; nobody reaches a metadata address', () => {
    const policies = all.filter(({ kind }) => kind === 'NetworkPolicy')
    expect(policies.find(({ metadata }) => metadata.name === 'default-deny')).toMatchObject({
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    })
    const names = policies.map(({ metadata }) => metadata.name)
    expect(names).toEqual(
      expect.arrayContaining([
        ...Object.keys(READS),
        'nginx',
        'migrate',
        'tools',
        'redis',
        'rabbitmq',
        'postgres',
      ]),
    )
    const blocks = [...JSON.stringify(policies).matchAll(/"ipBlock":(\{.*?\})/g)].map(([, block]) => block)
    expect(blocks.length).toBeGreaterThan(0)
    for (const block of blocks) expect(block).toContain('169.254.0.0/16')
  })

  it('S29: lets in at the one end what it lets out at the other', () => {
    const policies = all.flatMap((it) => (it.kind === 'NetworkPolicy' ? [policy.parse(it).spec] : []))
    const pods = all.flatMap((it) =>
      ['Deployment', 'Job'].includes(it.kind) ? [workload.parse(it).spec.template.metadata.labels] : [],
    )
    const ways = policies.flatMap(({ podSelector: { matchLabels: from = {} }, egress }) =>
      egress.flatMap(({ to, ports }) =>
        to.flatMap(({ podSelector }) =>
          podSelector ? ports.map(({ port }) => ({ from, to: podSelector.matchLabels ?? {}, port })) : [],
        ),
      ),
    )
    const isClosed = ({ from, to, port }: (typeof ways)[number]) =>
      !policies.some(
        ({ podSelector, ingress }) =>
          isDeepStrictEqual(podSelector.matchLabels, to) &&
          ingress.some(
            (rule) =>
              rule.ports.some((it) => it.port === port) &&
              rule.from.some(({ podSelector: sender }) =>
                pods
                  .concat(OPERATED.map((name) => ({ 'app.kubernetes.io/name': name })))
                  .some((labels) => has(labels, from) && has(labels, sender?.matchLabels ?? { none: '' })),
              ),
          ),
      )
    expect(ways.length).toBeGreaterThan(15)
    expect(ways.filter(isClosed)).toEqual([])
  })

  it('S22: lets nobody speak to a server without TLS, nor take its certificate on faith', () => {
    const policies = JSON.stringify(all.filter(({ kind }) => kind === 'NetworkPolicy'))
    expect(policies).toContain('"port":5671')
    expect(policies).not.toMatch(/"port":1?5672\b/)
    expect(specOf('RabbitmqCluster', 'rabbitmq')).toMatchObject({ tls: { secretName: 'rabbitmq-tls' } })
    expect(specOf('Cluster', 'postgres')).toMatchObject({ certificates: { serverTLSSecret: 'postgres-tls' } })
    expect(JSON.stringify(specOf('Deployment', 'redis'))).toContain('"--port","0","--tls-port","6379"')
    const made = all.flatMap((it) =>
      it.kind === 'Certificate'
        ? [z.object({ spec: z.object({ secretName: z.string() }) }).parse(it).spec.secretName]
        : [],
    )
    expect(made).toEqual(expect.arrayContaining(['authority', 'rabbitmq-tls', 'postgres-tls', 'redis-tls']))
    for (const name of Object.keys(READS)) {
      const service = JSON.stringify(specOf('Deployment', name))
      expect(service).toContain('{"name":"NODE_EXTRA_CA_CERTS","value":"/etc/waybill/ca.crt"}')
      expect(service).toContain('"secretName":"authority"')
    }
    expect(JSON.stringify(specOf('Job', 'migrate')).match(/NODE_EXTRA_CA_CERTS/g)).toHaveLength(3)
    expect(JSON.stringify(specOf('Deployment', 'tools'))).toContain('NODE_EXTRA_CA_CERTS')
  })

  it('holds no secret, and gives the broker what compose gives it', () => {
    expect(all.filter(({ kind }) => kind === 'Secret')).toEqual([])
    const { rabbitmq } = z
      .object({ rabbitmq: z.object({ additionalConfig: z.string() }) })
      .parse(specOf('RabbitmqCluster', 'rabbitmq'))
    const settings = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(settings(rabbitmq.additionalConfig)).toEqual(settings(read('infra/rabbitmq/rabbitmq.conf')))
  })
})
