import { createHash } from 'node:crypto'
import { createOpenRouter, modelFailureOf } from '@waybill/openrouter'
import { createBreaker } from '@waybill/resilience'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Sighting } from '../finding.ts'
import type { Metrics } from '../metrics.ts'
import type { Policy } from '../policy/policy.ts'
import { askJudge } from './ask-judge.ts'
import { JUDGED, type Opinion } from './opinion.ts'

/**
 * A second opinion, by a model, on what the checks are not sure of. A check whose surest sighting lies within the band
 * that the policy names counts as the band's end if the judge says so, and as its beginning if not. Without an answer
 * the sightings stay as they are.
 */
export type Judge = Disposable & {
  /** `textOf`: what was looked at, without personal data. Never throws. */
  review(sightings: readonly Sighting[], textOf: () => string, policy: Policy): Promise<readonly Sighting[]>
}

export type JudgeConfig = {
  baseUrl: string
  apiKey: string
  providers: readonly string[]
  dataCollection: 'allow' | 'deny'
  timeoutMs: number
}

export type JudgeDeps = {
  config: JudgeConfig
  registry: Registry
  metrics: Pick<Metrics, 'judgements' | 'judgeCostUsd'>
  log: Logger
}

// Nobody writes so much about a delivery: what is longer is judged by the checks alone.
const TEXT_LENGTH_MAX = 4_096
const REMEMBERED_MAX = 10_000
const CALLS_IN_FLIGHT_MAX = 50
const NO_BAND = { from: 0, until: 0 }

export function createJudge({ config, registry, metrics, log }: JudgeDeps): Judge {
  const client = createOpenRouter(config)
  const breaker = createBreaker(
    {
      ...{ name: 'openrouter-judge', registry, log, timeoutMs: config.timeoutMs },
      capacity: CALLS_IN_FLIGHT_MAX,
      isFailure: (error) => modelFailureOf(error).next !== 'refused',
    },
    (signal, asked: { model: string; text: string }) => askJudge(client, { ...asked, ...config }, signal),
  )
  // By the model and the text; the oldest goes first. Nothing of a text is in here.
  const remembered = new Map<string, Promise<Opinion | undefined>>()

  async function ask(model: string, text: string): Promise<Opinion | undefined> {
    try {
      const { opinion, costUsd } = await breaker.call({ model, text })
      metrics.judgements.inc({ outcome: 'answered' })
      metrics.judgeCostUsd.inc(costUsd)
      return opinion
    } catch (error) {
      const { outcome, needsPerson } = modelFailureOf(error)
      metrics.judgements.inc({ outcome })
      log[needsPerson ? 'error' : 'warn']({ err: error, outcome }, 'the judge could not be asked')
      return undefined
    }
  }

  async function opinionOn(model: string, text: string): Promise<Opinion | undefined> {
    const key = createHash('sha256')
      .update(JSON.stringify([model, text]))
      .digest('base64url')
    const known = remembered.get(key)
    if (known) {
      metrics.judgements.inc({ outcome: 'remembered' })
      return known
    }
    const asking = ask(model, text)
    remembered.set(key, asking)
    const [oldest] = remembered.keys()
    if (remembered.size > REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest)
    const opinion = await asking
    if (!opinion) remembered.delete(key)
    return opinion
  }

  return {
    async review(sightings, textOf, { judge }) {
      if (!judge) return sightings
      const doubts = JUDGED.filter((check) => {
        const { from, until } = judge.bands[check] ?? NO_BAND
        const surest = Math.max(...sightings.filter((it) => it.check === check).map(({ score }) => score))
        return surest >= from && surest < until
      })
      if (doubts.length === 0) return sightings
      const text = textOf()
      const opinion = text.length > TEXT_LENGTH_MAX ? undefined : await opinionOn(judge.model, text)
      if (!opinion) return sightings
      return sightings.map((sighting) => {
        const check = doubts.find((it) => it === sighting.check)
        const { from, until } = (check && judge.bands[check]) ?? NO_BAND
        if (!check || sighting.score < from) return sighting
        return { ...sighting, score: opinion[check] ? until : from }
      })
    },
    [Symbol.dispose]: () => breaker[Symbol.dispose](),
  }
}
