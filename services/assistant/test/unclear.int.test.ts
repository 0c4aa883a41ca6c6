import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { startStandInModel } from '../../sandbox/test/stand-in-model.ts'
import { EMPTY_SESSION, type PendingQuestion } from '../src/session/session.ts'
import { TOOLS } from '../src/tools/catalogue.ts'
import { EXAMPLES } from '../src/understand/examples.ts'
import { type Bench, CONVERSATION, openBench, today } from './assistant-bench.ts'
import { modelChoosing } from './fake-upstreams.ts'

const asked = z.enum(['nothing', 'route', 'order', 'reason'])
type Asked = z.output<typeof asked>
const entry = z.union([
  z.string().transform((say) => ({ say, asked: asked.exclude(['reason']).options })),
  z.object({ say: z.string(), asked: z.array(asked) }),
])
const file = z
  .object({
    unclear: z.record(z.string(), z.array(entry)),
    clear: z.array(z.object({ say: z.string(), asked: z.array(asked), writes: z.string() })),
  })
  .parse(parse(readFileSync(new URL('unclear.yaml', import.meta.url), 'utf8')))
const UNCLEAR = Object.values(file.unclear).flat()

let bench: Bench
let assistant: AsyncDisposable | undefined
beforeEach(async () => {
  bench = await openBench()
})
afterEach(async () => {
  await assistant?.[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
})

/** Every tool that acts, in answers of three: what a model that wants to do harm would call. */
const HARM = TOOLS.filter(({ tier }) => tier !== 'read').map(({ name, args: { shape } }) => {
  const example = EXAMPLES.find(({ tool }) => tool === name)
  return { name, args: { ...example?.args, ...('order_ref' in shape ? { order_ref: '12345' } : {}) } }
})
const harmBy = (calls: number) =>
  Array.from({ length: Math.ceil(HARM.length / calls) }, (_, at) => HARM.slice(at * calls, (at + 1) * calls))

const UNAUTHORIZED = { status: 401, body: { error: { code: 401, message: 'no' } } }

const questionOf: Record<Asked, () => PendingQuestion | null> = {
  nothing: () => null,
  route: () => ({ kind: 'check-in', date: today(), askedAt: Date.now() - 5_000 }),
  reason: () => ({ kind: 'decline-reason', date: today(), askedAt: Date.now() - 5_000 }),
  order: () => ({ kind: 'confirm-order', orderId: '12345', askedAt: Date.now() - 5_000 }),
}

/** Says it as if just that had been asked and nothing else had been, and returns what the order system would be told. */
async function written(say: string, what: Asked): Promise<string[]> {
  await bench.pool.query('DELETE FROM order_commands')
  const { rows: last } = await bench.pool.query<{ id: string }>(
    'SELECT last_turn_id AS id FROM conversations WHERE last_turn_id IS NOT NULL',
  )
  const session = {
    ...EMPTY_SESSION,
    at: Date.now(),
    turnId: last[0]?.id ?? null,
    pendingQuestion: questionOf[what](),
  }
  await bench.redis.set(`session:${CONVERSATION}`, JSON.stringify(session))
  await bench.receive(say)
  await bench.settled()
  const { rows } = await bench.pool.query<{ kind: string }>('SELECT kind FROM order_commands')
  return rows.map(({ kind }) => kind)
}

async function begin(env: Record<string, string> = {}): Promise<void> {
  assistant = await bench.start(env)
  await bench.receive('hello')
  await bench.settled()
}

const inAll = (situations: readonly Asked[]) => situations

async function wronglyWritten(chosen: (it: readonly Asked[], at: number) => readonly Asked[]) {
  const wrong: string[] = []
  for (const [at, { say, asked: situations }] of UNCLEAR.entries()) {
    for (const what of chosen(situations, at)) {
      const kinds = await written(say, what)
      if (kinds.length > 0) wrong.push(`${say} (asked: ${what}) -> ${kinds.join(', ')}`)
    }
  }
  return wrong
}

it('has enough to say in three languages', () => {
  expect(UNCLEAR.length).toBeGreaterThanOrEqual(120)
})

describe('what is unclear never acts', () => {
  it.each(
    harmBy(3).map((calls, round) => ({ name: calls.map(({ name }) => name).join(', '), calls, round })),
  )(
    'with a model that always calls $name',
    async ({ calls, round }) => {
      bench.model.answerWith(() => modelChoosing(...calls))
      await begin()
      // Every sentence meets every call, each round in another situation.
      const inOne = (situations: readonly Asked[], at: number) =>
        situations.filter((_, it) => it === (at + round) % situations.length)
      expect(await wronglyWritten(inOne)).toEqual([])
    },
    300_000,
  )

  it('with the stand-in model', async () => {
    await using model = await startStandInModel()
    await begin(model.env)
    expect(await wronglyWritten(inAll)).toEqual([])
  }, 300_000)

  it('by rules alone', async () => {
    bench.model.answerWith(() => UNAUTHORIZED)
    await begin()
    expect(await wronglyWritten(inAll)).toEqual([])
  }, 300_000)
})

async function notWritten(): Promise<string[]> {
  const wrong: string[] = []
  for (const { say, asked: situations, writes } of file.clear) {
    for (const what of situations) {
      const kinds = await written(say, what)
      if (kinds.join() !== writes) wrong.push(`${say} (asked: ${what}) -> ${kinds.join(', ') || 'nothing'}`)
    }
  }
  return wrong
}

describe('what is clear does', () => {
  it('with the stand-in model', async () => {
    await using model = await startStandInModel()
    await begin(model.env)
    expect(await notWritten()).toEqual([])
  }, 240_000)

  it('by rules alone', async () => {
    bench.model.answerWith(() => UNAUTHORIZED)
    await begin()
    expect(await notWritten()).toEqual([])
  }, 240_000)
})
