import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import * as exported from './index.ts'

const SAMPLES = new URL('./__samples__/', import.meta.url)
const contracts = Object.values(exported).flatMap((value) =>
  typeof value === 'object' && 'routingKey' in value ? [value] : [],
)
const ofJson = contracts.filter((contract) => contract !== exported.webhookReceived)

describe('every contract', () => {
  it.each(contracts)(
    '$queue: names its event with a version, and its queue <consumer>.<event>',
    (contract) => {
      const [, event] = /^([a-z-]+\.[a-z-]+)\.v[1-9]\d*$/.exec(contract.routingKey) ?? []
      expect(event).toBeDefined()
      const [, name] = /^[a-z]+\.([a-z-]+)$/.exec(contract.queue) ?? []
      expect(event?.replace('.', '-').endsWith(name ?? 'no name')).toBe(true)
    },
  )

  it.each(contracts)('$queue: can be retried only within its own bounds', ({ retry }) => {
    expect(retry.attemptsMax).toBeGreaterThanOrEqual(1)
    expect(retry.delayMsMin).toBeGreaterThan(0)
    expect(retry.delayMsMax).toBeGreaterThanOrEqual(retry.delayMsMin)
  })

  it('has a queue and a routing key of its own', () => {
    for (const names of [contracts.map(({ queue }) => queue), contracts.map((it) => it.routingKey)]) {
      expect(new Set(names).size).toBe(contracts.length)
    }
  })
})

it('S23: every queue is somebody’s to fill, to work off, and to set aside', () => {
  const roles: exported.BrokerRole[] = Object.values(exported.ROLES)
  expect(new Set(exported.QUEUES)).toEqual(new Set(contracts))
  for (const contract of contracts) {
    expect(roles.filter(({ consumes }) => consumes.includes(contract))).toHaveLength(1)
    expect(roles.some((it) => it.collects.includes(contract))).toBe(true)
    // Besides whoever replays what was set aside.
    expect(roles.filter(({ publishes }) => publishes.includes(contract)).length).toBeGreaterThan(1)
  }
})

describe('messages in flight', () => {
  // Written once, by the version of the code that is still publishing while this one starts to consume.
  const sampleOf = (routingKey: string) =>
    z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(readFileSync(new URL(`${routingKey}.json`, SAMPLES), 'utf8')))

  it.each(ofJson)(
    '$routingKey: the pinned sample still parses, and loses nothing',
    ({ routingKey, schema }) => {
      const sample = sampleOf(routingKey)
      expect(schema.parse(sample)).toEqual(sample)
    },
  )

  it.each(ofJson)('$routingKey: a field that a newer version adds is no error', ({ routingKey, schema }) => {
    const sample = sampleOf(routingKey)
    expect(schema.parse({ ...sample, addedLater: true })).toEqual(sample)
  })

  it('have one pinned sample each', () => {
    expect(readdirSync(SAMPLES).toSorted()).toEqual(ofJson.map((it) => `${it.routingKey}.json`).toSorted())
  })

  it('carry the headers of a webhook', () => {
    const headers = { receivedAtUs: 1_763_000_000_000_000, ingressId: 'ingress-1' }
    expect(exported.webhookHeadersSchema.parse({ ...headers, traceparent: '00-a-b-01' })).toEqual(headers)
  })
})
